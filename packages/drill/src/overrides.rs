//! Settings of the market other than a major's defaults: any plain field of
//! [`types::params::MarketParams`] by its name, such as `gap = "0.6"` for a long-tail
//! instrument.

use serde_json::{Map, Value};
use types::params::MarketParams;

use crate::input::{excerpt, one_line, Flaw};

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which field.
    pub field: String,
    /// What it is set to, as text.
    pub value: String,
}

/// `params` with these settings, unless one is unknown, of the wrong kind or out of bounds.
pub fn apply(params: &MarketParams, sets: &[Override]) -> Result<MarketParams, Flaw> {
    let unreadable = |e: serde_json::Error| Flaw::Toml(one_line(&e.to_string()));
    let Value::Object(mut fields) = serde_json::to_value(params).map_err(unreadable)? else {
        return Err(Flaw::Toml("the settings are no object".to_owned()));
    };
    for set in sets {
        let value = value(&fields, set)?;
        fields.insert(set.field.clone(), value);
    }
    let text = |e: serde_json::Error| bad(sets, &e.to_string());
    let params: MarketParams = serde_json::from_value(Value::Object(fields)).map_err(text)?;
    params.check().map_err(|e| bad(sets, &e.to_string()))?;
    Ok(params)
}

/// The value as the field spells it: a number, or text.
fn value(fields: &Map<String, Value>, set: &Override) -> Result<Value, Flaw> {
    match fields.get(&set.field) {
        Some(Value::Number(_)) => {
            let number: Result<u64, _> = set.value.parse();
            number.map(Value::from).map_err(|e| {
                let why = e.to_string();
                bad(std::slice::from_ref(set), &why)
            })
        }
        Some(Value::String(_)) => Ok(Value::String(set.value.clone())),
        Some(Value::Object(_) | Value::Array(_) | Value::Bool(_) | Value::Null) | None => {
            let plain = fields
                .iter()
                .filter(|(_, v)| v.is_string() || v.is_number());
            Err(Flaw::UnknownName {
                name: excerpt(&set.field),
                known: plain.map(|(name, _)| name.clone()).collect(),
            })
        }
    }
}

fn bad(sets: &[Override], why: &str) -> Flaw {
    let named = sets.iter().find(|set| why.contains(&set.field));
    let set = named.or(sets.last());
    Flaw::BadSetting {
        field: set.map_or(String::new(), |s| excerpt(&s.field)),
        text: set.map_or(String::new(), |s| excerpt(&s.value)),
        why: one_line(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use math::units::Ratio;

    fn set(field: &str, value: &str) -> Override {
        Override {
            field: field.to_owned(),
            value: value.to_owned(),
        }
    }

    fn major() -> MarketParams {
        MarketParams::major(2_000, 10_000_000)
    }

    #[test]
    fn a_field_is_set_by_its_name_and_the_others_stay() {
        let sets = [set("gap", "0.6"), set("horizon", "7200")];
        let want = MarketParams {
            gap: Ratio::percent(60),
            horizon: 7_200,
            ..major()
        };
        assert_eq!(apply(&major(), &sets), Ok(want));
        assert_eq!(apply(&major(), &[]), Ok(major()));
    }

    #[test]
    fn unknown_unreadable_and_impossible_settings_say_so() {
        let cases = [
            (
                set("gab", "0.6"),
                "nothing is named \"gab\"; known: account_share, buffer",
            ),
            (set("funding", "0.6"), "nothing is named \"funding\""),
            (set("gap", "much"), "gap cannot be \"much\": "),
            (set("gap", "-1"), "gap cannot be \"-1\": "),
            (set("gap", "2"), "gap cannot be \"2\": gap is out of bounds"),
            (set("horizon", "an hour"), "horizon cannot be \"an hour\": "),
            (
                set("im_min", "0.02"),
                "im_min cannot be \"0.02\": im_min is out",
            ),
        ];
        for (set, why) in cases {
            let flaw = apply(&major(), &[set]).unwrap_err().to_string();
            assert!(flaw.starts_with(why), "{flaw}");
            assert_eq!(flaw.lines().count(), 1);
        }
    }
}
