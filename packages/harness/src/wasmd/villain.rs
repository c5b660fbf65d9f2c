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

/// What a migration answers that has gone well.
const OK: &str = r#"{"ok":{"messages":[],"attributes":[],"events":[],"data":null}}"#;

/// The wasm that fails so. Taking another's place it does not fail.
pub(super) fn code(fault: Fault) -> Vec<u8> {
    assembled(ways(fault), ("", OK))
}

/// A build that fails so where it is to take over a contract, when it has already ruined the record of its version.
pub(super) fn upgrade(fault: Fault) -> Vec<u8> {
    let (deed, told) = match fault {
        Fault::None => ("", OK),
        Fault::Dead => ("(call $ruin)", DEAD),
        Fault::Panic => ("(call $ruin) unreachable", OK),
        Fault::Burn => ("(call $ruin) (loop $ever (br $ever))", OK),
        Fault::Garbage => ("(call $ruin)", "no answer"),
    };
    assembled(ways(Fault::Dead), (deed, told))
}

fn assembled((deed, done, told): (&str, String, String), (act, moved): (&str, &str)) -> Vec<u8> {
    let quoted = |text: &str| text.replace('"', "\\\"");
    let text = include_str!("villain.wat")
        .replace("$DONE_LENGTH", &done.len().to_string())
        .replace("$TOLD_LENGTH", &told.len().to_string())
        .replace("$MOVED_LENGTH", &moved.len().to_string())
        .replace("$DONE", &quoted(&done))
        .replace("$TOLD", &quoted(&told))
        .replace("$MOVED", &quoted(moved))
        .replace("(func $deed $DEED)", &format!("(func $deed {deed})"))
        .replace("(func $move $MOVE)", &format!("(func $move {act})"));
    wat::parse_str(text).expect("it assembles")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_fail_is_another_code() {
        let all: Vec<_> = FAULTS
            .into_iter()
            .flat_map(|fault| [code(fault), upgrade(fault)])
            .collect();
        for (n, one) in all.iter().enumerate() {
            assert!(one.starts_with(b"\0asm"));
            assert!(!all[..n].contains(one), "{:?}", FAULTS[n / 2]);
        }
    }
}
