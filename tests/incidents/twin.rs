//! The same deed against an ordinary fork: one print, filled at once, no band (the drill's naive twin).

use cosmwasm_std::Uint128;
use drill::{
    cli::RunArgs,
    naive::{books::Books, trade::Executed},
    plan::Plan,
    venue::{lots, Person, Venue},
};
use harness::{usd, Exchange};
use types::{engine::Order, Amount, Price, Side};

/// Ten million in its vault and half a million insured, as the calm exchange has them.
pub struct Twin {
    books: Books,
}

impl Twin {
    pub fn calm() -> Self {
        let plan = Plan::load(&RunArgs::default()).unwrap();
        let books = Books::open(&plan).unwrap();
        assert_eq!(books.cash, usd(10_000_000));
        assert_eq!(books.insurance, usd(500_000));
        Self { books }
    }

    /// What its only source says, and what its keeper does about it.
    pub fn print(&mut self, said: Price) -> Vec<Executed> {
        self.books.print = Some(said);
        self.books.liquidate(50).unwrap()
    }

    pub fn bring(&mut self, x: &Exchange, who: &str, amount: u128) {
        let amount = usd(i128::try_from(amount).unwrap());
        self.books.bring(&person(x, who), amount).unwrap();
    }

    /// So many dollars of the asset; whether that is let.
    pub fn increase(
        &mut self,
        x: &Exchange,
        who: &str,
        side: Side,
        (notional, margin): (u128, u128),
    ) -> bool {
        let notional = usd(i128::try_from(notional).unwrap());
        let order = Order::Increase {
            side,
            size: lots(notional, self.books.print.unwrap()).unwrap(),
            margin: Uint128::new(margin * 1_000_000),
        };
        self.books.place(&person(x, who), order).is_ok()
    }

    pub fn close(&mut self, x: &Exchange, who: &str, side: Side) -> bool {
        let close = Order::Close { side };
        self.books.place(&person(x, who), close).is_ok()
    }

    pub fn holds(&self, x: &Exchange, who: &str) -> bool {
        self.books.held(&person(x, who)).is_some()
    }

    /// Free money of somebody.
    pub fn free(&self, x: &Exchange, who: &str) -> Amount {
        self.books.free(&person(x, who))
    }

    /// What the vault is worth at a price.
    pub fn nav(&self, at: Price) -> Amount {
        self.books.nav(at).unwrap()
    }

    /// Losses beyond margin: insurance's, the vault's.
    pub fn debt(&self) -> (Amount, Amount) {
        (self.books.bad_debt.insurance, self.books.bad_debt.vault)
    }
}

fn person(x: &Exchange, who: &str) -> Person {
    Person {
        name: who.to_owned(),
        addr: x.person(who),
    }
}
