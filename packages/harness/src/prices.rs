//! Price sources: reporters that push what they observe.

use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use types::{
    oracle::{ExecuteMsg, Report},
    Price,
};

use crate::{
    exchange::{Exchange, Failed, Module},
    numbers::price,
};

/// The reporters of every feed.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Their addresses, by number.
    pub reporters: Vec<Addr>,
    /// The stand-in for Pyth, where there is one.
    pub pyth: Option<Addr>,
    /// The stand-in for Band, where there is one.
    pub band: Option<Addr>,
    /// The stand-ins for Chainlink, one for each market, where there are any.
    pub chainlink: Vec<Addr>,
}

impl Exchange {
    /// A source reports a price observed at `time`.
    pub fn report(
        &mut self,
        source: usize,
        feed: &str,
        (price, conf): (Price, Price),
        time: u64,
    ) -> Result<AppResponse, Failed> {
        let from = self.sources.reporters[source].clone();
        let reports = vec![Report {
            feed: feed.to_owned(),
            price,
            conf,
            publish_time: time,
        }];
        self.send(&from, Module::Oracle, &ExecuteMsg::Push { reports }, &[])
    }

    /// Anyone makes rounds of what has been reported.
    pub fn refresh(&mut self, feeds: &[&str]) -> Result<AppResponse, Failed> {
        let keeper = self.person("keeper");
        let feeds = feeds.iter().map(|f| (*f).to_owned()).collect();
        self.send(&keeper, Module::Oracle, &ExecuteMsg::Refresh { feeds }, &[])
    }

    /// Every source but Pyth says `text` on the n-th market's feed now, and a round is made of it.
    pub fn quote_on(&mut self, market: usize, text: &str) {
        let feed = self.markets[market].feed.clone();
        let (p, now) = (price(text), self.now());
        for source in 0..self.sources.reporters.len() {
            self.report(source, &feed, (p, Price::ZERO), now)
                .expect("a reporter may report");
        }
        self.foreign_say(market, p);
        self.refresh(&[&feed]).expect("a refresh never fails");
    }

    /// So many rounds at `text` on every market, so many seconds apart.
    pub(crate) fn live(&mut self, text: &str, (rounds, seconds): (u64, u64)) {
        for _ in 0..rounds {
            self.wait(seconds);
            for market in 0..self.markets.len() {
                self.quote_on(market, text);
            }
        }
    }

    /// [`Exchange::quote_on`] the first market.
    pub fn quote(&mut self, text: &str) {
        self.quote_on(0, text);
    }

    /// Long enough after everything placed so far that the next round binds it, then a round at `text` on
    /// every market.
    pub fn round(&mut self, text: &str) {
        self.round_on(0, text);
    }

    /// [`Exchange::round`] on the n-th market.
    pub fn round_on(&mut self, market: usize, text: &str) {
        let wait = self.max_future() + 1;
        self.wait(wait);
        self.quote_on(market, text);
    }

    /// Move a feed's price to `text` without a jump: a few steps a block, all sources agreeing.
    pub fn walk(&mut self, from: &str, to: &str, steps: u32) {
        let (a, b) = (price(from).0.atomics().u128(), price(to).0.atomics().u128());
        for i in 1..=u128::from(steps) {
            let n = u128::from(steps);
            let p = (a * (n - i) + b * i) / n;
            let text = Price::raw(p).0.to_string();
            self.next_block();
            self.quote(&text);
        }
    }
}
