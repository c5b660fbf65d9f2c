//! The LP timer: provides liquidity when the reference has moved against the traders and the index has not yet, and
//! takes it out again when the reference has moved for them.

use cosmwasm_std::Uint128;
use math::units::{Amount, Price};
use math::vault::part;
use types::engine::LpServed;

use super::{
    hand::{bps, Hand},
    off, Sight,
};
use crate::{bug::Bug, judge::exits::Exits, news::News, venue::Venue};

/// Basis points of lag worth a request.
const WORTH_BPS: u128 = 20;
/// Size of a deposit, in basis points of the vault.
const SIZE_BPS: u64 = 20;
/// Seconds from one request to the next, and for which shares have to stay.
const EVERY_S: u64 = 3_600;
/// Kept in the wallet for the fees of requests.
const CHANGE: Amount = Amount::raw(1_000_000);

/// Where its money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// Outside.
    Out,
    /// Paid in and not priced.
    Buying { paid: Amount, had: Uint128 },
    /// In shares.
    In,
    /// Leaving.
    Selling,
}

/// One account that provides liquidity.
pub struct LpTimer {
    /// The account.
    pub hand: Hand,
    /// What was paid for shares that are there, less what was paid out.
    pub paid: Amount,
    stand: Stand,
    next: u64,
    /// Fees of requests that no gain has borne yet.
    fees: Amount,
}

impl LpTimer {
    /// With this account.
    pub fn new(hand: Hand) -> Self {
        Self {
            hand,
            paid: Amount::ZERO,
            stand: Stand::Out,
            next: 0,
            fees: Amount::ZERO,
        }
    }

    /// One block; whether deposits are taken.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        (exits, open): (&mut Exits, bool),
    ) -> Result<(), Bug> {
        let (lag, above) = off(sight.reference, sight.index);
        if sight.now < self.next || lag < WORTH_BPS || sight.skew.is_zero() {
            return Ok(());
        }
        // The vault is the other side of the skew.
        let vault_gains = above == sight.skew.is_negative();
        match self.stand {
            Stand::Out if vault_gains && open => self.buy(venue, sight)?,
            Stand::In if !vault_gains => self.sell(venue, sight.now, exits)?,
            Stand::Out | Stand::In | Stand::Buying { .. } | Stand::Selling => return Ok(()),
        }
        self.next = sight.now.saturating_add(EVERY_S);
        Ok(())
    }

    fn buy(&mut self, venue: &mut dyn Venue, sight: &Sight) -> Result<(), Bug> {
        let paid = bps(sight.nav, SIZE_BPS)?;
        self.hand.bring(venue, paid.plus(CHANGE)?)?;
        let had = venue.shares(&self.hand.who);
        let before = venue.free(&self.hand.who);
        if venue.provide(&self.hand.who, paid.coins()?).is_ok() {
            self.stand = Stand::Buying { paid, had };
            let gone = before.minus(venue.free(&self.hand.who))?;
            self.fees = self.fees.plus(gone.minus(paid)?)?;
        }
        Ok(())
    }

    fn sell(&mut self, venue: &mut dyn Venue, now: u64, exits: &mut Exits) -> Result<(), Bug> {
        let before = venue.free(&self.hand.who);
        let shares = venue.shares(&self.hand.who);
        let done = venue.divest(&self.hand.who, shares);
        if done.is_ok() {
            self.stand = Stand::Selling;
            let gone = before.minus(venue.free(&self.hand.who))?;
            self.fees = self.fees.plus(gone.max(Amount::ZERO))?;
        }
        let what = "taking out liquidity";
        exits.tried(what, &self.hand.who.name, now, done.err());
        Ok(())
    }

    /// A price was made, or shares are there at once: what that was worth more than was paid for it, the fees
    /// of requests included.
    pub fn collect(
        &mut self,
        venue: &mut dyn Venue,
        (reference, now): (Price, u64),
        news: &[News],
    ) -> Result<Option<Amount>, Bug> {
        let gain = match self.stand {
            Stand::Buying { paid, had } => {
                self.next = now.saturating_add(EVERY_S);
                self.bought(venue, (paid, had), reference)?
            }
            Stand::Selling => self.sold(venue, reference, news)?,
            Stand::Out | Stand::In => None,
        };
        let Some(gain) = gain else {
            return Ok(None);
        };
        let fees = std::mem::take(&mut self.fees);
        Ok(Some(gain.minus(fees)?))
    }

    fn bought(
        &mut self,
        venue: &mut dyn Venue,
        (paid, had): (Amount, Uint128),
        reference: Price,
    ) -> Result<Option<Amount>, Bug> {
        if venue.claim(&self.hand.who).is_err() {
            return Ok(None);
        }
        let got = venue.shares(&self.hand.who).saturating_sub(had);
        if got.is_zero() {
            // It went back: the vault sold none.
            self.stand = Stand::Out;
            return Ok(None);
        }
        self.stand = Stand::In;
        self.paid = self.paid.plus(paid)?;
        Ok(Some(venue.worth(got, reference)?.minus(paid)?))
    }

    /// Each part served is compared with what the shares it was paid for are worth.
    fn sold(
        &mut self,
        venue: &mut dyn Venue,
        reference: Price,
        news: &[News],
    ) -> Result<Option<Amount>, Bug> {
        let got = venue.returned(&self.hand.who).unwrap_or_default();
        let Some(LpServed { shares, amount, .. }) = served(news).filter(|_| !got.is_zero()) else {
            return Ok(None);
        };
        let sold = part(Uint128::new(*shares), got, *amount)?;
        let gain = got.minus(venue.worth(sold, reference)?)?;
        self.paid = self.paid.minus(got)?;
        if venue.claim(&self.hand.who).is_ok() && venue.returned(&self.hand.who).is_none() {
            self.stand = Stand::Out;
        }
        Ok(Some(gain))
    }
}

fn served(news: &[News]) -> Option<&LpServed> {
    news.iter().find_map(|one| match one {
        News::Served(served) => Some(served),
        News::Round(_)
        | News::Changed(_)
        | News::Liquidated(_)
        | News::Ended(_)
        | News::Order(_)
        | News::Debt(_)
        | News::Priced(_)
        | News::Scaled(_)
        | News::Settled(_)
        | News::Shared(_) => None,
    })
}
