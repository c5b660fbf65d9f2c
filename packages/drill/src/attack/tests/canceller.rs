//! The canceller, where orders wait.

use super::*;

/// A venue at which every order waits, as at one that fills at the next round.
#[derive(Default)]
struct Queue {
    placed: Vec<Order>,
    cancelled: Vec<u64>,
}

impl Venue for Queue {
    fn moment(&self) -> types::clock::Moment {
        types::clock::Moment { time: 0, height: 0 }
    }
    fn free(&self, _: &Person) -> Amount {
        Amount::raw(i128::from(u64::MAX))
    }
    fn held(&self, _: &Person) -> Option<PositionState> {
        None
    }
    fn bring(&mut self, _: &Person, _: Amount) -> Result<(), Bug> {
        Ok(())
    }
    fn place(&mut self, _: &Person, order: Order) -> Result<u64, No> {
        self.placed.push(order);
        Ok(u64::try_from(self.placed.len()).unwrap())
    }
    fn cancel(&mut self, _: &Person, order: u64) -> Result<(), No> {
        self.cancelled.push(order);
        Ok(())
    }
    fn add_margin(&mut self, _: &Person, _: Uint128) -> Result<(), No> {
        Ok(())
    }
    fn withdraw(&mut self, _: &Person, _: Uint128) -> Result<(), No> {
        Ok(())
    }
    fn provide(&mut self, _: &Person, _: Uint128) -> Result<(), No> {
        Ok(())
    }
    fn divest(&mut self, _: &Person, _: Uint128) -> Result<(), No> {
        Ok(())
    }
    fn returned(&self, _: &Person) -> Option<Amount> {
        None
    }
    fn claim(&mut self, _: &Person) -> Result<(), No> {
        Ok(())
    }
    fn shares(&self, _: &Person) -> Uint128 {
        Uint128::zero()
    }
    fn waiting(&mut self, _: &Person, _: Price) -> Result<Amount, Bug> {
        Ok(Amount::ZERO)
    }
    fn worth(&mut self, _: Uint128, _: Price) -> Result<Amount, Bug> {
        Ok(Amount::ZERO)
    }
}

/// One canceller, and the reference as it sees it, in cents.
struct Optional {
    venue: Queue,
    canceller: whim::Canceller,
    exits: Exits,
}

impl Optional {
    fn new() -> Self {
        Self {
            venue: Queue::default(),
            canceller: whim::Canceller::new(hand::Hand::new(person("canceller"))),
            exits: Exits::default(),
        }
    }

    /// A block with the reference there; how many orders it has placed and called back by then.
    fn block(&mut self, now: u64, reference: u128) -> (usize, usize) {
        let plan = plan(10_000);
        let sight = Sight {
            reference: cents(reference),
            ..Scene::of(&plan).sight(now, (1_000_000, 1_000_000))
        };
        let Self {
            venue,
            canceller,
            exits,
        } = self;
        canceller.act(venue, &sight, exits).unwrap();
        (venue.placed.len(), venue.cancelled.len())
    }

    /// Its order ends for this reason.
    fn ends(&mut self, order: u64, reason: Refusal, now: u64) {
        let ended = News::Ended(MandateDone {
            market: String::new(),
            order,
            reason,
            refund: Amount::ZERO,
        });
        self.canceller.hand.hear(&[ended], now);
    }
}

/// In cents of a thousand dollars two basis points are twenty.
#[test]
fn the_canceller_calls_back_what_the_reference_turns_against_by_two_basis_points_and_nothing_else()
{
    let mut it = Optional::new();
    assert_eq!(it.block(1_000, 100_000), (1, 0), "a short");
    assert!(matches!(
        it.venue.placed[0],
        Order::Increase {
            side: Side::Short,
            ..
        }
    ));
    assert_eq!(it.block(1_006, 100_019), (1, 0), "not yet");
    assert_eq!(it.block(1_012, 99_000), (1, 0), "in its favour");
    assert_eq!(it.block(1_018, 100_020), (1, 1), "against it");
    assert_eq!(it.venue.cancelled, [1]);
    assert_eq!(it.block(1_024, 100_500), (1, 1), "once");
    it.ends(1, Refusal::Cancelled, 1_030);
    // Five minutes after the first, the other way round.
    assert_eq!(it.block(1_299, 100_000), (1, 1), "too early");
    assert_eq!(it.block(1_300, 100_000), (2, 1), "a long");
    assert!(matches!(
        it.venue.placed[1],
        Order::Increase {
            side: Side::Long,
            ..
        }
    ));
    assert_eq!(it.block(1_306, 99_981), (2, 1));
    assert_eq!(it.block(1_312, 101_000), (2, 1));
    assert_eq!(it.block(1_318, 99_980), (2, 2));
    assert_eq!(it.venue.cancelled, [1, 2]);
    it.ends(2, Refusal::Limit, 1_324);
    assert_eq!(it.canceller.hand.cancelled, 2);
    assert_eq!(it.exits.refused, 0);
}
