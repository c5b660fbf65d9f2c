//! Quarantine: a source whose reports keep falling out loses its voice until it agrees again.
//!
//! Counted in reports, not in rounds: a report that stands for an hour is one offence, or one agreement.

use cosmwasm_schema::cw_serde;

/// Reports remembered.
pub const REMEMBERED: u32 = u8::BITS;
/// So many of them dropped as outliers, and the source is quarantined.
pub const OFFENCES: u32 = 3;
/// So many reports in a row that agree, and it is back, its past forgotten.
pub const AGREEMENTS: u8 = 5;

/// How a source's newest reports fared.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Record {
    /// Its newest eight judged reports, the newest lowest; a set bit fell out.
    pub dropped: u8,
    /// While quarantined: agreeing reports in a row.
    pub quarantined: Option<u8>,
}

impl Record {
    /// Whether the source has a voice.
    pub const fn counts(self) -> bool {
        self.quarantined.is_none()
    }

    /// After one more report: of a source with a voice, whether it was dropped; of a quarantined one, whether it
    /// disagrees with those who have one.
    #[must_use]
    pub const fn after(self, astray: bool) -> Self {
        match self.quarantined {
            Some(_) if astray => Self {
                quarantined: Some(0),
                ..self
            },
            Some(agreed) if agreed.saturating_add(1) >= AGREEMENTS => Self {
                dropped: 0,
                quarantined: None,
            },
            Some(agreed) => Self {
                quarantined: Some(agreed.saturating_add(1)),
                ..self
            },
            None => Self::counted(self.dropped.wrapping_shl(1) | if astray { 1 } else { 0 }),
        }
    }

    const fn counted(dropped: u8) -> Self {
        if dropped.count_ones() >= OFFENCES {
            Self {
                dropped,
                quarantined: Some(0),
            }
        } else {
            Self {
                dropped,
                quarantined: None,
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(fates: &[bool]) -> Record {
        fates
            .iter()
            .fold(Record::default(), |r, astray| r.after(*astray))
    }

    #[test]
    fn the_third_offence_in_eight_reports_is_one_too_many() {
        assert!(after(&[true, true, false, false, false, false, false]).counts());
        assert!(!after(&[true, true, false, false, false, false, false, true]).counts());
        // The first of them is the ninth report ago.
        assert!(after(&[true, true, false, false, false, false, false, false, true]).counts());
    }

    #[test]
    fn five_agreements_in_a_row_bring_it_back() {
        let mut fates = vec![true; 3];
        fates.extend([false, false, false, false, true]);
        assert_eq!(after(&fates).quarantined, Some(0));
        fates.extend([false; 4]);
        assert_eq!(after(&fates).quarantined, Some(4));
        fates.push(false);
        assert_eq!(after(&fates), Record::default());
    }

    /// The same in plain words, from the whole history.
    fn naive(fates: &[bool]) -> bool {
        let mut past: Vec<bool> = vec![];
        let mut agreed: Option<usize> = None;
        for astray in fates {
            if let Some(run) = agreed {
                let run = if *astray { 0 } else { run + 1 };
                agreed = if run == 5 { None } else { Some(run) };
                past.clear();
            } else {
                past.push(*astray);
                let recent = past.iter().rev().take(8).filter(|a| **a).count();
                if recent >= 3 {
                    agreed = Some(0);
                }
            }
        }
        agreed.is_none()
    }

    proptest! {
        #[test]
        fn it_does_what_the_words_say(fates in proptest::collection::vec(any::<bool>(), 0..60)) {
            prop_assert_eq!(after(&fates).counts(), naive(&fates));
        }

        #[test]
        fn who_agrees_always_returns(fates in proptest::collection::vec(any::<bool>(), 0..60)) {
            let mut fates = fates;
            fates.extend([false; 5]);
            prop_assert!(after(&fates).counts());
        }

        #[test]
        fn who_never_agrees_never_does(fates in proptest::collection::vec(any::<bool>(), 0..60)) {
            let mut fates = fates;
            fates.extend([true; 3]);
            prop_assert!(!after(&fates).counts());
        }
    }
}
