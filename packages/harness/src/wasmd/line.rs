//! The other process: one request a line, one answer a line.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use cosmwasm_std::{Attribute, Binary, Event};
use serde::Deserialize;
use serde_json::Value;

/// What the chain answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Answer {
    pub error: String,
    pub gas: u64,
    pub spent: Option<Spent>,
    pub storage: u64,
    pub signed: u64,
    events: Vec<Left>,
    pub data: Option<Binary>,
    pub address: String,
    pub code: u64,
    pub amount: String,
    pub digest: String,
    pub records: Vec<(Binary, Binary)>,
    pub watched: Vec<Held>,
}

/// What a watched contract would hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    pub records: Option<Vec<(Binary, Binary)>>,
    pub amount: String,
}

/// What became of gas that the wasm module charged for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// For entering contracts, replies and queries included.
    pub entering: u64,
    /// For events and attributes.
    pub events: u64,
    /// How often a contract was entered.
    pub entries: u64,
}

#[derive(Debug, Deserialize)]
struct Left {
    r#type: String,
    attrs: Vec<(String, String)>,
}

impl Answer {
    /// The events a message left.
    pub fn events(&self) -> Vec<Event> {
        let event = |left: &Left| {
            let attrs = left.attrs.iter();
            // `Attribute::new` refuses the chain's own keys.
            let attrs = attrs.map(|(key, value)| Attribute {
                key: key.clone(),
                value: value.clone(),
            });
            Event::new(&left.r#type).add_attributes(attrs)
        };
        self.events.iter().map(event).collect()
    }
}

/// The process.
pub(super) struct Line {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    kept: Option<Vec<Value>>,
}

/// Requests that change nothing.
const QUESTIONS: [&str; 5] = ["balance", "code", "dump", "smart", "try"];

impl Line {
    /// Start it.
    pub fn open(program: &Path, args: &[String]) -> Self {
        // Memory is plenty, one core is not: collect rarely.
        let child = Command::new(program)
            .env("GOGC", "400")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child =
            child.unwrap_or_else(|e| panic!("{}: {e}; scripts/build-chain", program.display()));
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("its output")),
            child,
            kept: None,
        }
    }

    /// Keep every request that changes something from now on.
    pub fn keep(&mut self) {
        self.kept = Some(Vec::new());
    }

    /// Something that is told in other words than it is done in.
    pub fn told<T>(&mut self, words: Value, deed: impl FnOnce(&mut Self) -> T) -> T {
        let mut kept = self.kept.take();
        let done = deed(self);
        kept.iter_mut().for_each(|kept| kept.push(words.clone()));
        self.kept = kept;
        done
    }

    /// What was kept.
    pub fn kept(&self) -> &[Value] {
        self.kept.as_deref().unwrap_or_default()
    }

    /// Ask, and wait for the answer.
    pub fn ask(&mut self, request: &Value) -> Answer {
        let question = request["op"]
            .as_str()
            .is_some_and(|op| QUESTIONS.contains(&op));
        if let Some(kept) = self.kept.as_mut().filter(|_| !question) {
            kept.push(request.clone());
        }
        let input = self.input.as_mut().expect("open until dropped");
        let mut line = request.to_string();
        line.push('\n');
        input.write_all(line.as_bytes()).expect("the chain listens");
        let mut said = String::new();
        self.output.read_line(&mut said).expect("the chain answers");
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said:?}"))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // At the end of its input it ends by itself and takes its files along.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
