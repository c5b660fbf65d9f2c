//! Contracts that take another's place and fail: the faults of the real chain.

use cosmwasm_std::Binary;

use crate::code::Fault;

/// Every way to fail, in the order their codes are stored.
pub(super) const FAULTS: [Fault; 4] = [Fault::Dead, Fault::Panic, Fault::Garbage, Fault::Burn];

const DEAD: &str = r#"{"error":"the contract is dead"}"#;

/// What it does, and what it then answers to a message and to a question.
fn ways(fault: Fault) -> (&'static str, String, String) {
    let dead = || DEAD.to_owned();
    match fault {
        Fault::None | Fault::Dead => ("", dead(), dead()),
        Fault::Panic => ("unreachable", dead(), dead()),
        Fault::Burn => ("(loop $ever (br $ever))", dead(), dead()),
        Fault::Garbage => {
            let garbage = Binary::from(b"\xff\x00garbage");
            let done = format!(
                r#"{{"ok":{{"messages":[],"attributes":[],"events":[],"data":"{garbage}"}}}}"#
            );
            ("", done, format!(r#"{{"ok":"{garbage}"}}"#))
        }
    }
}

/// The wasm that fails so.
pub(super) fn code(fault: Fault) -> Vec<u8> {
    let (deed, done, told) = ways(fault);
    let quoted = |text: &str| text.replace('"', "\\\"");
    let text = include_str!("villain.wat")
        .replace("$DONE_LENGTH", &done.len().to_string())
        .replace("$TOLD_LENGTH", &told.len().to_string())
        .replace("$DONE", &quoted(&done))
        .replace("$TOLD", &quoted(&told))
        .replace("(func $deed $DEED)", &format!("(func $deed {deed})"));
    wat::parse_str(text).expect("it assembles")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_fail_is_another_code() {
        let all = FAULTS.map(code);
        for (n, one) in all.iter().enumerate() {
            assert!(one.starts_with(b"\0asm"));
            assert!(!all[..n].contains(one), "{:?}", FAULTS[n]);
        }
    }
}
