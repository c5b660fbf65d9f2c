//! Replays a bad day of a market against the whole suite and reports who was hurt.

use std::{panic::catch_unwind, process::ExitCode};

use drill::play::{play, End};

fn main() -> ExitCode {
    let end = catch_unwind(|| play(std::env::args_os())).unwrap_or(End::Bug);
    ExitCode::from(end.code())
}
