//! Which tier of sources makes the next round: the primary one, or the anchors while it cannot.

use cosmwasm_schema::cw_serde;

use crate::{
    aggregate::VALID_DISPERSION,
    jump::{distance, APART},
    units::{OutOfRange, Price, Ratio},
};

/// Rounds in a row in which the primary tier agrees, before it speaks alone again.
pub const RETURN: u8 = 5;

/// A tier of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Those who speak when all is well.
    Primary,
    /// Those who speak while the others cannot.
    Anchors,
}

/// Who speaks for a feed.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub enum Fallback {
    /// The primary tier.
    #[default]
    Primary,
    /// The anchors, or the primary tier on probation.
    Anchors {
        /// Time of the first round since the primary tier fell silent, seconds.
        since: u64,
        /// Rounds in a row in which the primary tier agreed.
        good: u8,
    },
}

/// What a tier with quorum and a fresh round time would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Its price.
    pub price: Price,
    /// Its round time, seconds.
    pub time: u64,
    /// Whether that is later than the last round.
    pub advances: bool,
}

/// Who makes the next round, and who speaks after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Whose round it is.
    pub speaker: Speaker,
    /// From then on.
    pub next: Fallback,
}

impl Fallback {
    /// Choose between what the tiers offer; `last` is the price of the round before. Nobody, where nobody's time
    /// advances. While the primary tier has a quorum it is not spoken for; once it lost it, it returns after
    /// [`RETURN`] rounds in a row within 1 % of the anchors' (of the round before, where they are silent).
    pub fn choose(
        self,
        primary: Option<Offer>,
        anchors: Option<Offer>,
        last: Option<Price>,
    ) -> Result<Option<Choice>, OutOfRange> {
        let speaks = |offer: Option<Offer>| offer.filter(|o| o.advances);
        let Self::Anchors { since, good } = self else {
            return Ok(match (primary, speaks(anchors)) {
                (Some(offer), _) => offer.advances.then_some(Choice {
                    speaker: Speaker::Primary,
                    next: Self::Primary,
                }),
                (None, Some(offer)) => Some(Choice {
                    speaker: Speaker::Anchors,
                    next: Self::Anchors {
                        since: offer.time,
                        good: 0,
                    },
                }),
                (None, None) => None,
            });
        };
        let (speaker, reference) = match (speaks(anchors), speaks(primary)) {
            (Some(offer), _) => (Speaker::Anchors, Some(offer.price)),
            (None, Some(_)) => (Speaker::Primary, last),
            (None, None) => return Ok(None),
        };
        let good = if agree(primary, reference)? {
            good.saturating_add(1)
        } else {
            0
        };
        let next = if good >= RETURN {
            Self::Primary
        } else {
            Self::Anchors { since, good }
        };
        Ok(Some(Choice { speaker, next }))
    }

    /// Whether a price that no half-hour average vouches for is confirmed: it is within `band` of the round before,
    /// which the fallback made too, at least ten seconds after its first.
    pub fn confirms(
        self,
        offer: Offer,
        last: Option<Price>,
        band: Ratio,
    ) -> Result<bool, OutOfRange> {
        let (Self::Anchors { since, .. }, Some(last)) = (self, last) else {
            return Ok(false);
        };
        let apart = offer.time >= since.saturating_add(APART);
        Ok(apart && distance(offer.price, last)? <= band)
    }
}

fn agree(primary: Option<Offer>, reference: Option<Price>) -> Result<bool, OutOfRange> {
    match (primary, reference) {
        (Some(offer), Some(price)) => Ok(distance(offer.price, price)? <= VALID_DISPERSION),
        (_, None) | (None, _) => Ok(false),
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::units::E18;
    use proptest::prelude::*;

    fn offer(dollars: u128, time: u64) -> Option<Offer> {
        Some(Offer {
            price: Price::raw(dollars * E18),
            time,
            advances: true,
        })
    }

    fn old(dollars: u128) -> Option<Offer> {
        offer(dollars, 0).map(|o| Offer {
            advances: false,
            ..o
        })
    }

    const LAST: Option<Price> = Some(Price::raw(1_000 * E18));

    fn choose(state: Fallback, primary: Option<Offer>, anchors: Option<Offer>) -> Option<Choice> {
        state.choose(primary, anchors, LAST).unwrap()
    }

    fn anchored(good: u8) -> Fallback {
        Fallback::Anchors { since: 100, good }
    }

    #[test]
    fn anchors_speak_only_where_the_primary_tier_has_no_quorum() {
        let ours = choose(Fallback::Primary, offer(1_000, 100), offer(990, 101)).unwrap();
        assert_eq!(
            (ours.speaker, ours.next),
            (Speaker::Primary, Fallback::Primary)
        );
        assert_eq!(choose(Fallback::Primary, old(1_000), offer(990, 101)), None);
        let theirs = choose(Fallback::Primary, None, offer(990, 101)).unwrap();
        assert_eq!(theirs.speaker, Speaker::Anchors);
        assert_eq!(
            theirs.next,
            Fallback::Anchors {
                since: 101,
                good: 0
            }
        );
        assert_eq!(choose(Fallback::Primary, None, old(990)), None);
        assert_eq!(choose(Fallback::Primary, None, None), None);
    }

    #[test]
    fn the_primary_tier_returns_after_five_rounds_within_one_percent() {
        let mut state = anchored(0);
        for good in 1..RETURN {
            let choice = choose(state, offer(1_010, 100), offer(1_000, 100)).unwrap();
            assert_eq!(
                (choice.speaker, choice.next),
                (Speaker::Anchors, anchored(good))
            );
            state = choice.next;
        }
        let apart = choose(state, offer(1_011, 100), offer(1_000, 100)).unwrap();
        assert_eq!(apart.next, anchored(0));
        let silent = choose(state, None, offer(1_000, 100)).unwrap();
        assert_eq!(silent.next, anchored(0));
        let fifth = choose(state, offer(990, 100), offer(1_000, 100)).unwrap();
        assert_eq!(
            (fifth.speaker, fifth.next),
            (Speaker::Anchors, Fallback::Primary)
        );
    }

    #[test]
    fn where_the_anchors_are_silent_it_speaks_on_probation() {
        let near = choose(anchored(3), offer(1_009, 100), None).unwrap();
        assert_eq!((near.speaker, near.next), (Speaker::Primary, anchored(4)));
        let far = choose(anchored(3), offer(1_200, 100), old(1_000)).unwrap();
        assert_eq!((far.speaker, far.next), (Speaker::Primary, anchored(0)));
        assert_eq!(choose(anchored(3), None, None), None);
    }

    #[test]
    fn without_an_average_the_second_round_confirms_the_first() {
        let band = Ratio::percent(5);
        let at = |price, time| offer(price, time).unwrap();
        let confirms = |state: Fallback, offer| state.confirms(offer, LAST, band).unwrap();
        assert!(confirms(anchored(0), at(1_050, 110)));
        assert!(!confirms(anchored(0), at(1_051, 110)));
        assert!(!confirms(anchored(0), at(1_000, 109)));
        assert!(!confirms(Fallback::Primary, at(1_000, 110)));
    }

    fn any_offer() -> impl Strategy<Value = Option<Offer>> {
        proptest::option::of((900u128..1_100, 100u64..200, any::<bool>()).prop_map(
            |(p, time, advances)| Offer {
                price: Price::raw(p * E18),
                time,
                advances,
            },
        ))
    }

    proptest! {
        #[test]
        fn who_speaks_has_something_new_to_say(
            rounds in proptest::collection::vec((any_offer(), any_offer()), 1..40),
        ) {
            let mut state = Fallback::Primary;
            let mut agreed = 0;
            for (primary, anchors) in rounds {
                let before = state;
                let Some(choice) = choose(state, primary, anchors) else {
                    // Nobody could, or the primary tier has not moved and is not in doubt.
                    let mute = |o: Option<Offer>| o.is_none_or(|o| !o.advances);
                    prop_assert!(mute(primary) && (mute(anchors) || before == Fallback::Primary));
                    continue;
                };
                let said = match choice.speaker {
                    Speaker::Primary => primary,
                    Speaker::Anchors => anchors,
                };
                prop_assert!(said.unwrap().advances);
                agreed = if primary.is_some() { agreed + 1 } else { 0 };
                if before != Fallback::Primary && choice.next == Fallback::Primary {
                    prop_assert!(agreed >= u32::from(RETURN));
                }
                state = choice.next;
            }
        }

        #[test]
        fn without_anchors_nothing_is_different(primary in any_offer()) {
            let choice = choose(Fallback::Primary, primary, None);
            prop_assert_eq!(choice.is_some(), primary.is_some_and(|o| o.advances));
            prop_assert!(choice.is_none_or(|c| c.next == Fallback::Primary));
        }
    }
}
