//! Who the feeds listen to.

use standin::Kind;
use types::oracle::{Origin, SourceSetup};

use super::Builder;
use crate::{
    exchange::Exchange,
    foreign::{band_symbol, CHAINLINK_DECIMALS},
    pyth::pyth_id,
};

impl Builder {
    /// Deploy what stands in for foreign contracts.
    pub(super) fn stand_ins(&self, x: &mut Exchange) {
        if self.pyth {
            x.sources.pyth = Some(x.stand_in(Kind::Pyth));
        }
        if self.band {
            x.sources.band = Some(x.stand_in(Kind::Band));
        }
        if self.chainlink {
            for market in 0..self.markets {
                let aggregator = x.stand_in(Kind::Chainlink);
                x.sources.chainlink.push(aggregator);
                x.chainlink_decimals(market, CHAINLINK_DECIMALS);
            }
        }
    }

    /// The sources of the n-th market's feed: reporters, then those that are asked.
    pub(super) fn feed_sources(&self, x: &Exchange, market: usize) -> Vec<SourceSetup> {
        let group = |n| u32::try_from(n).expect("few sources");
        let age = |n| self.source_max_age.get(n).copied();
        let reporters = x.sources.reporters.iter().enumerate();
        let reporters = reporters.map(|(n, reporter)| {
            let age = age(n).unwrap_or(self.feed.max_age);
            SourceSetup {
                group: group(n),
                ..SourceSetup::reporter(reporter.to_string(), age)
            }
        });
        let asked = self
            .asked(x, market)
            .into_iter()
            .zip(x.sources.reporters.len()..);
        let asked = asked.map(|(origin, n)| SourceSetup {
            pushable: matches!(origin, Origin::Pyth { .. }),
            origin,
            group: group(n),
            ..SourceSetup::reporter(String::new(), self.feed.max_age)
        });
        reporters.chain(asked).collect()
    }

    /// The sources of a market that are asked.
    fn asked(&self, x: &Exchange, market: usize) -> Vec<Origin> {
        let pyth = x.sources.pyth.iter().map(|pyth| Origin::Pyth {
            contract: pyth.to_string(),
            id: pyth_id(market),
        });
        let band = x.sources.band.iter().map(|band| Origin::Band {
            contract: band.to_string(),
            base: band_symbol(market),
            quote: "USD".into(),
        });
        let chainlink = x.sources.chainlink.get(market);
        let chainlink = chainlink.map(|aggregator| Origin::Chainlink {
            contract: aggregator.to_string(),
            decimals: CHAINLINK_DECIMALS,
        });
        pyth.chain(band).chain(chainlink).collect()
    }
}
