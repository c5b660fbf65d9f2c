//! What people are worth, and dice that fall alike every time.

use harness::{price, Exchange};
use types::{engine::PositionChanged, wire::Wire, Amount, Price};

/// What somebody has in the bank, the wallet, the queues, and in the position valued at `at`, in millionths.
pub fn worth(x: &Exchange, who: &str, at: Option<&str>) -> i128 {
    let person = x.person(who);
    let bank = i128::try_from(x.bank(&person, harness::DENOM)).unwrap();
    let waiting = |q: Vec<types::engine::QueuedState>| -> i128 {
        q.iter().map(|s| s.amount.0.i128() - s.taken.0.i128()).sum()
    };
    let held = x.position(who).map_or(0, |p| {
        let index: Price = at.map_or_else(|| x.prices(0, None).newest.unwrap().round.price, price);
        let value = p.size.value(index, math::wide::Round::Down).unwrap();
        let equity = p.margin.plus(value).unwrap().minus(p.cost).unwrap();
        // A loss beyond margin is not its owner's.
        equity.max(Amount::ZERO).0.i128()
    });
    let reserved: i128 = x
        .mandates(who)
        .iter()
        .map(|m| m.margin.0.i128() + m.fee.0.i128())
        .sum();
    bank + x.wallet(who).0.i128()
        + waiting(x.profit_queue(who))
        + waiting(x.withdrawal_queue(who))
        + reserved
        + held
}

/// Fees of the fills among some events, in millionths.
pub fn taker(events: &[cosmwasm_std::Event]) -> i128 {
    let fills = PositionChanged::find(events).unwrap();
    fills.iter().map(|f| f.fee.0.i128()).sum()
}

/// Numbers that look random and are the same for the same seed.
pub struct Dice(pub u64);

impl Dice {
    /// One of `0..n`.
    pub fn roll(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let n = self.roll(u64::try_from(of.len()).unwrap());
        of[usize::try_from(n).unwrap()]
    }
}
