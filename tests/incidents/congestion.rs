//! Solana, 21 and 22 January 2022: for two days a congested chain let liquidators in and not those who wanted to add
//! margin; SOL fell from 143 to 90. Here: eight hours in which every block has room for so many transactions, the
//! sources and a liquidator pay best for all of them, and who would have saved his position stands outside.
//!
//! **There is no grace for this.** The chain makes blocks and prices arrive, so nothing tells it from a calm day, and a
//! liquidation that waited for people would be late for everybody else. What is promised instead, and asserted here:
//! liquidation takes a part, no more than restores maintenance and the buffer, as often as it is needed; each part costs
//! its fee of 0.5 % and its premium of at most 1 %, and every unit is closed once. So who is kept out owns at every
//! moment what he would own had he reduced by hand at the same prices, less at most 1.5 % of the position he had, and
//! the money he could not send is whole. What he misses beyond that is what the price does afterwards to what was
//! closed; that is not promised. Where the sources are kept out too nobody is liquidated, and grace follows: see
//! `restarts.rs`.

use harness::{price, usd, Exchange};
use types::{
    engine::{FundingTerms, Liquidated},
    params::MarketParams,
    wire::Wire,
    Amount, Price, Ratio, Side, Size,
};

use crate::{people::worth, recorded::all_say};

/// Between two blocks. Each has room for five: three reports, a refresh, a liquidator.
const STEP: u64 = 30;
const HOURS: u64 = 8;
/// A position of 100,000 dollars each; margins of a tenth, a fifth and more.
const PEOPLE: [(&str, Side, u128); 4] = [
    ("tight", Side::Long, 10_500),
    ("wide", Side::Long, 20_000),
    ("careful", Side::Long, 60_000),
    ("other", Side::Short, 90_000),
];
const SIZE: &str = "700";
const TOP_UP: u128 = 40_000;
/// Fee and greatest premium, in hundredths of a hundredth.
const COST: i128 = 150;

/// In millicents: down by a quarter over five hours, up by a tenth in the next three, wobbling.
fn path(second: u64) -> Price {
    let minute = u128::from(second / 60);
    let wobble = minute * 7 % 13 * 40;
    let level = if minute <= 300 {
        143_000 - minute * 120
    } else {
        107_000 + (minute - 300) * 60
    };
    Price::raw((level + wobble) * 1_000_000_000_000_000)
}

fn scene() -> Exchange {
    let mut params = MarketParams::major(143, 10_000_000);
    // Funding follows who is left, and is not what is measured.
    params.funding = FundingTerms {
        slope: Ratio::ZERO,
        clamp: Ratio::ZERO,
    };
    let mut x = Exchange::calm().price(143).params(params).build();
    for (who, side, margin) in PEOPLE {
        x.opened(who, side, (SIZE, margin), "143");
        x.deposit(who, TOP_UP);
    }
    x.audited = false;
    x
}

/// One person's story.
#[derive(Debug, Clone, PartialEq)]
struct Story {
    parts: u32,
    /// Notional liquidated, at the index.
    closed: i128,
    /// What the index has done to what was closed, from then to the end: what is not promised.
    missed: i128,
    /// Worth at the end, millionths.
    worth: i128,
    size: Size,
    /// What could not be sent, as it is.
    wallet: Amount,
}

fn dollars(size: Size, at: Price) -> i128 {
    size.value(at, math::wide::Round::Down).unwrap().0.i128()
}

/// Eight hours. Who is `let_in` adds margin when he is within a hundredth of maintenance.
fn played(let_in: bool) -> Vec<Story> {
    let mut x = scene();
    let (begin, end) = (x.now(), path(HOURS * 3_600));
    let mut wants: Vec<&str> = PEOPLE.iter().map(|p| p.0).collect();
    let mut stories = PEOPLE.map(|_| (0, 0, 0));
    while x.now() < begin + HOURS * 3_600 {
        x.wait(STEP);
        let now = path(x.now() - begin);
        all_say(&mut x, now);
        if let_in {
            wants.retain(|who| {
                let Some(p) = x.position(who) else {
                    return false;
                };
                let near = x.books(0).terms.mm.plus(Ratio::percent(1)).unwrap();
                let bar = p.size.notional_up(now).unwrap().share_up(near).unwrap();
                let alarmed = p.equity.unwrap() < bar;
                if alarmed {
                    x.add_margin(who, TOP_UP - 100).unwrap();
                }
                !alarmed
            });
        }
        let res = x.crank_in(0, "liquidator", 50).unwrap();
        for done in Liquidated::find(&res.events).unwrap() {
            assert_eq!(done.bad_debt, Amount::ZERO);
            let n = PEOPLE.iter().position(|p| x.person(p.0) == done.account);
            let story = &mut stories[n.unwrap()];
            let part = done.by.negated().unwrap();
            story.0 += 1;
            story.1 += dollars(part, now).abs();
            story.2 += dollars(part, end) - dollars(part, now);
            healed(&x, PEOPLE[n.unwrap()].0, now);
        }
    }
    x.assert_sound();
    all_say(&mut x, end);
    let rows = PEOPLE.iter().zip(stories);
    rows.map(|((who, ..), (parts, closed, missed))| Story {
        parts,
        closed,
        missed,
        worth: worth(&x, who, Some(&end.0.to_string())),
        size: x.position(who).map_or(Size::ZERO, |p| p.size),
        wallet: x.wallet(who),
    })
    .collect()
}

/// What is left of who was liquidated in part stands at maintenance and the buffer, and not far above it.
fn healed(x: &Exchange, who: &str, now: Price) {
    let Some(p) = x.position(who) else {
        return;
    };
    let notional = p.size.notional_up(now).unwrap();
    let mm = x.books(0).terms.mm;
    let target = mm.plus(Ratio::bps(50)).unwrap();
    let least = notional.share_down(target).unwrap();
    let most = notional
        .share_up(target.plus(Ratio::bps(5)).unwrap())
        .unwrap();
    let equity = p.equity.unwrap();
    let slack = Amount::raw(10);
    assert!(equity.plus(slack).unwrap() >= least, "{who}: {equity:?}");
    assert!(equity <= most, "{who}: {equity:?} for {least:?}");
}

#[test]
fn who_cannot_add_margin_for_eight_hours_is_reduced_at_the_market_and_pays_no_more_than_that_costs()
{
    let (helped, alone) = (played(true), played(false));
    for ((who, ..), (saved, story)) in PEOPLE.iter().zip(helped.iter().zip(&alone)) {
        println!("{who}: {story:?}, with a top-up {saved:?}");
        // Sent in time it saves every one of them.
        assert_eq!(saved.parts, 0, "{who}");
        // What he has less for having been kept out: what is not promised, and the documented cost, to the units of
        // his syncs.
        let less = saved.worth - story.worth - story.missed;
        let units = i128::from(story.parts) * 4 + 4;
        let bound = story.closed * COST / 10_000 + units;
        assert!(less <= bound, "{who}: {less} beyond {bound}");
        // No unit is closed twice, and nobody's money outside is touched.
        assert!(story.closed <= dollars(harness::units(SIZE), price("143.5")));
        assert!(story.wallet >= usd(i128::try_from(TOP_UP).unwrap()));
    }
    // It did happen, in several parts, and not to those who stood it.
    assert!(alone[0].parts >= 3 && alone[1].parts >= 1, "{alone:?}");
    assert!(alone[0].size > Size::ZERO, "a part of it is still his");
    assert_eq!((alone[2].parts, alone[3].parts), (0, 0));
}

#[test]
fn when_there_is_room_again_he_adds_and_is_left_alone() {
    let mut x = scene();
    let begin = x.now();
    let mut parts = 0;
    while x.now() < begin + 5 * 3_600 {
        x.wait(STEP);
        let now = path(x.now() - begin);
        all_say(&mut x, now);
        let res = x.crank_in(0, "liquidator", 50).unwrap();
        parts += Liquidated::find(&res.events).unwrap().len();
    }
    assert!(parts > 0);
    let before = x.position("tight").unwrap().size;
    x.add_margin("tight", TOP_UP).unwrap();
    while x.now() < begin + HOURS * 3_600 {
        x.wait(STEP);
        let now = path(x.now() - begin);
        all_say(&mut x, now);
        x.crank_in(0, "liquidator", 50).unwrap();
    }
    assert_eq!(x.position("tight").unwrap().size, before);
}
