//! What an insurance fund may lose in one block and in one day: the rest of a loss goes on down the waterfall, so
//! that no single moment empties the fund.

use cosmwasm_schema::cw_serde;

use crate::{
    liquidation::{waterfall, Borne},
    units::{Amount, OutOfRange, Ratio},
};

/// Seconds in a day.
const DAY: u64 = 86_400;

/// What has been paid in one span of time, by its number.
#[cw_serde]
#[derive(Copy, Eq, Default)]
struct Paid {
    span: u64,
    sum: Amount,
}

/// What a fund has paid lately.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Budget {
    block: Paid,
    day: Paid,
}

/// Shares of the fund, as it would be had it paid nothing meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// What one block may cost it.
    pub block: Ratio,
    /// What one day may.
    pub day: Ratio,
}

/// When a loss comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Height of the block.
    pub height: u64,
    /// Its time, seconds.
    pub time: u64,
}

impl When {
    fn day(self) -> u64 {
        self.time.checked_div(DAY).unwrap_or(0)
    }
}

impl Paid {
    /// What was paid in this span.
    fn within(self, span: u64) -> Amount {
        if self.span == span {
            self.sum
        } else {
            Amount::ZERO
        }
    }

    /// What may still be paid in it, rounded down: the share of what the fund holds and has paid, less that.
    fn left(self, span: u64, fund: Amount, share: Ratio) -> Result<Amount, OutOfRange> {
        let paid = self.within(span);
        fund.plus(paid)?.share_down(share)?.minus(paid)
    }

    /// The same after one more payment; what comes back makes room in its own span only.
    fn with(self, span: u64, by: Amount) -> Result<Self, OutOfRange> {
        let sum = self.within(span).plus(by)?.max(Amount::ZERO);
        Ok(Self { span, sum })
    }
}

impl Budget {
    /// What the fund may pay now: never more than it holds, never below zero.
    pub fn left(self, fund: Amount, shares: Shares, when: When) -> Result<Amount, OutOfRange> {
        let block = self.block.left(when.height, fund, shares.block)?;
        let day = self.day.left(when.day(), fund, shares.day)?;
        Ok(block.min(day).min(fund).max(Amount::ZERO))
    }

    /// Who bears a loss: insurance within its budget, the vault the rest, together exactly the loss.
    pub fn bear(
        self,
        (loss, fund): (Amount, Amount),
        shares: Shares,
        when: When,
    ) -> Result<Borne, OutOfRange> {
        waterfall(loss, self.left(fund, shares, when)?)
    }

    /// The fund has paid so much, or has it back where negative.
    pub fn paid(self, by: Amount, when: When) -> Result<Self, OutOfRange> {
        Ok(Self {
            block: self.block.with(when.height, by)?,
            day: self.day.with(when.day(), by)?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHARES: Shares = Shares {
        block: Ratio::percent(25),
        day: Ratio::percent(60),
    };

    fn at(height: u64) -> When {
        // A block a minute.
        When {
            height,
            time: 20 * DAY + height * 60,
        }
    }

    /// A fund and its budget.
    #[derive(Clone, Copy)]
    struct Fund {
        holds: i128,
        budget: Budget,
    }

    impl Fund {
        fn of(holds: i128) -> Self {
            Self {
                holds,
                budget: Budget::default(),
            }
        }

        /// It bears a loss; what it paid and what it did not.
        fn bears(&mut self, loss: i128, shares: Shares, when: When) -> (i128, i128) {
            let asked = (Amount::raw(loss), Amount::raw(self.holds));
            let borne = self.budget.bear(asked, shares, when).unwrap();
            self.budget = self.budget.paid(borne.insurance, when).unwrap();
            let parts = (borne.insurance.0.i128(), borne.vault.0.i128());
            self.holds -= parts.0;
            parts
        }
    }

    #[test]
    fn a_block_costs_a_quarter_and_a_day_three_fifths() {
        let mut fund = Fund::of(1_000);
        assert_eq!(fund.bears(200, SHARES, at(1)), (200, 0));
        // In the same block: what is left of its quarter.
        assert_eq!(fund.bears(200, SHARES, at(1)), (50, 150));
        assert_eq!(fund.bears(7, SHARES, at(1)), (0, 7));
        // A quarter of what is left each time, until the day's 600 are gone.
        assert_eq!(fund.bears(500, SHARES, at(2)), (187, 313));
        assert_eq!(fund.bears(500, SHARES, at(3)), (140, 360));
        assert_eq!(fund.bears(500, SHARES, at(4)), (23, 477));
        assert_eq!(fund.bears(500, SHARES, at(5)), (0, 500));
        // Tomorrow.
        assert_eq!(fund.bears(500, SHARES, at(1_440)), (100, 400));
    }

    #[test]
    fn what_comes_back_makes_room_in_its_own_block_and_day_only() {
        let mut fund = Fund::of(1_000);
        fund.bears(250, SHARES, at(1));
        let back = fund.budget.paid(Amount::raw(-250), at(1)).unwrap();
        assert_eq!(back, Budget::default().paid(Amount::ZERO, at(1)).unwrap());
        let later = fund.budget.paid(Amount::raw(-250), at(1_500)).unwrap();
        let left = later.left(Amount::raw(1_000), SHARES, at(1_500)).unwrap();
        assert_eq!(left, Amount::raw(250));
    }

    #[test]
    fn fresh_money_raises_what_is_left_by_its_share() {
        let mut fund = Fund::of(1_000);
        fund.bears(250, SHARES, at(1));
        fund.holds += 400;
        assert_eq!(fund.bears(500, SHARES, at(1)), (100, 400));
    }

    #[test]
    fn the_whole_fund_is_no_limit_and_an_empty_one_pays_nothing() {
        let whole = Shares {
            block: Ratio::ONE,
            day: Ratio::ONE,
        };
        let mut fund = Fund::of(1_000);
        assert_eq!(fund.bears(300, whole, at(1)), (300, 0));
        assert_eq!(fund.bears(900, whole, at(1)), (700, 200));
        assert_eq!(fund.bears(900, whole, at(1)), (0, 900));
        assert_eq!(Fund::of(-5).bears(9, whole, at(1)), (0, 9));
    }

    proptest! {
        #[test]
        fn a_loss_is_borne_to_the_unit_within_both_budgets(
            start in 0i128..1_000_000,
            losses in prop::collection::vec((0i128..400_000, 0u64..900), 1..30),
            (block, more) in (0u64..=100, 0u64..=100),
        ) {
            let day = (block + more).min(100);
            let shares = Shares { block: Ratio::percent(block), day: Ratio::percent(day) };
            let (mut fund, mut height) = (Fund::of(start), 0);
            let (mut block_start, mut day_start) = (start, start);
            let (mut of_block, mut of_day, mut today) = (0, 0, at(0).day());
            for (loss, gap) in losses {
                height += gap;
                if gap > 0 {
                    (block_start, of_block) = (fund.holds, 0);
                }
                if at(height).day() != today {
                    (day_start, of_day, today) = (fund.holds, 0, at(height).day());
                }
                let (paid, rest) = fund.bears(loss, shares, at(height));
                prop_assert_eq!(paid + rest, loss);
                prop_assert!(paid >= 0 && rest >= 0 && fund.holds >= 0);
                of_block += paid;
                of_day += paid;
                prop_assert!(of_block * 100 <= block_start * i128::from(block));
                prop_assert!(of_day * 100 <= day_start * i128::from(day));
                // It pays what it may: a unit of rounding apart, something is exhausted where it does not pay all.
                let spent = (of_block + 1) * 100 > block_start * i128::from(block)
                    || (of_day + 1) * 100 > day_start * i128::from(day);
                prop_assert!(rest == 0 || spent);
            }
        }

        #[test]
        fn parts_of_a_loss_in_one_block_cost_what_the_whole_does(parts in prop::collection::vec(0i128..400, 1..20)) {
            let (mut split, mut whole) = (Fund::of(1_000), Fund::of(1_000));
            let mut paid = 0;
            for part in &parts {
                paid += split.bears(*part, SHARES, at(1)).0;
            }
            prop_assert_eq!(whole.bears(parts.iter().sum(), SHARES, at(1)).0, paid);
        }
    }
}
