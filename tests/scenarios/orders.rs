//! What waits, how much of it, who is paid for it, and how often it is tried.

use harness::{price, reduce, units, usd, AppResponse, Exchange, Failed, Fault, Module};
use margin_engine::ContractError;
use types::{
    engine::{ExecuteMsg, MandateDone, Order, Refusal},
    market::{OrderFaulted, QueryMsg, Rejection, Waiting},
    wire::Wire,
    Amount, Side,
};

const LONG: Side = Side::Long;
/// The fee of an order that finds the queue empty, and what each that waits adds.
const FEE: i128 = 50_000;
const MORE: i128 = 1_000;

fn expiring(x: &mut Exchange, who: &str, order: Order, expiry: u64) {
    let msg = ExecuteMsg::PlaceOrder {
        market: "eth-perp".into(),
        order,
        limit: None,
        expiry: Some(expiry),
    };
    x.tell(who, &msg).unwrap();
}

fn rejected(result: Result<AppResponse, Failed>) -> Option<Rejection> {
    let failed = result.err()?;
    if let ContractError::Rejected(why) = failed.of::<ContractError>()? {
        return Some(*why);
    }
    None
}

#[test]
fn whoever_executes_is_paid_the_fee_which_rises_with_the_queue() {
    let mut x = Exchange::calm().build();
    for (n, who) in ["a", "b", "c"].into_iter().enumerate() {
        x.deposit(who, 1_000);
        x.increase(who, LONG, "1", 900).unwrap();
        let fee = FEE + MORE * i128::try_from(n).unwrap();
        assert_eq!(x.wallet(who), Amount::raw(100_000_000 - fee));
    }
    x.round("2000");
    // Each of three cranks executes one and is paid for that one.
    for (n, who) in ["first", "second", "third"].into_iter().enumerate() {
        x.crank_book(0, who, 1).unwrap();
        let fee = FEE + MORE * i128::try_from(n).unwrap();
        assert_eq!(x.wallet(who), Amount::raw(fee));
    }
    assert_eq!(x.queue(0).increasing, 0);
}

#[test]
fn whoever_removes_an_expired_order_is_paid_its_fee_and_the_rest_goes_back() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 1_000);
    let expiry = x.now() + 1;
    let order = harness::increase(LONG, "1", 900);
    expiring(&mut x, "alice", order, expiry);
    // Only rounds later than the expiry plus the tolerance are beyond it.
    x.wait(x.max_future() + 2);
    x.quote("2000");
    let res = x.crank_book(0, "remover", 5).unwrap();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(
        (done[0].reason, done[0].refund),
        (Refusal::Expired, usd(900))
    );
    assert_eq!(x.wallet("remover"), Amount::raw(FEE));
    assert_eq!(x.wallet("alice"), Amount::raw(1_000_000_000 - FEE));
    assert_eq!(x.queue(0).increasing, 0);
}

#[test]
fn whoever_releases_an_order_that_no_round_can_reach_is_paid_its_fee() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 1_000);
    let expiry = x.now() + 1;
    let order = harness::increase(LONG, "1", 900);
    expiring(&mut x, "alice", order, expiry);
    x.wait(1 + 12 + 90 + 1);
    let (market, order) = ("eth-perp".to_owned(), 1);
    x.tell("remover", &ExecuteMsg::Release { market, order })
        .unwrap();
    assert_eq!(x.wallet("remover"), Amount::raw(FEE));
    assert_eq!(x.wallet("alice"), Amount::raw(1_000_000_000 - FEE));
    // What is left in the order book is dropped, and pays nobody again.
    x.round("2000");
    x.crank_book(0, "late", 5).unwrap();
    assert_eq!(x.queue(0).increasing, 0);
    assert_eq!(x.wallet("late"), Amount::ZERO);
}

#[test]
fn what_was_called_back_in_time_goes_back_whole_though_the_market_is_dead() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    x.increase("alice", LONG, "10", 5_000).unwrap();
    x.cancel("alice", 1).unwrap();
    x.fault(Module::Market(0), Fault::Dead);
    x.round("2000");
    let res = x.crank();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(
        (done[0].reason, done[0].refund),
        (Refusal::Cancelled, usd(5_000))
    );
    assert_eq!(x.wallet("alice"), Amount::raw(10_000_000_000 - FEE));
}

fn front(x: &Exchange) -> Waiting {
    let query = QueryMsg::Orders {
        reducing: true,
        start_after: None,
        limit: None,
    };
    let all: Vec<Waiting> = x.ask(Module::Market(0), &query);
    all.into_iter().next().unwrap()
}

#[test]
fn each_fault_doubles_the_pause_up_to_ten_minutes() {
    let mut x = Exchange::calm().build();
    x.opened("alice", LONG, ("10", 5_000), "2000");
    x.close("alice", LONG).unwrap();
    x.round("2000");
    for (n, pause) in [30, 60, 120, 240, 480, 600, 600].into_iter().enumerate() {
        x.fault(Module::Engine, Fault::Panic);
        let res = x.crank_book(0, "keeper", 5).unwrap();
        let faults = u32::try_from(n).unwrap() + 1;
        assert_eq!(OrderFaulted::find(&res.events).unwrap()[0].faults, faults);
        assert_eq!(front(&x).retry_at, x.now() + pause, "{faults}");
        // A second before that it is not tried.
        x.wait(pause - 1);
        let early = x.crank_book(0, "keeper", 5).unwrap();
        assert!(OrderFaulted::find(&early.events).unwrap().is_empty());
        x.wait(1);
    }
    x.fault(Module::Engine, Fault::None);
    x.crank_book(0, "keeper", 5).unwrap();
    assert!(x.position("alice").is_none(), "at its round of an hour ago");
}

#[test]
fn an_order_that_waits_out_a_fault_holds_up_nobody() {
    let mut x = Exchange::calm().build();
    x.opened("alice", LONG, ("10", 5_000), "2000");
    x.opened("bob", LONG, ("10", 5_000), "2000");
    x.close("alice", LONG).unwrap();
    x.close("bob", LONG).unwrap();
    x.round("2000");
    x.fault(Module::Engine, Fault::Panic);
    x.crank_book(0, "keeper", 1).unwrap();
    x.fault(Module::Engine, Fault::None);
    x.crank_book(0, "keeper", 5).unwrap();
    assert!(x.position("bob").is_none() && x.position("alice").is_some());
    x.wait(30);
    x.crank_book(0, "keeper", 5).unwrap();
    assert!(x.position("alice").is_none());
}

#[test]
fn entries_crowd_out_no_exit_and_exits_have_a_cap_of_their_own() {
    let mut x = Exchange::calm().build();
    x.opened("alice", LONG, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    let full = Some(Rejection::TooMany { max: 5 });
    for _ in 0..5 {
        x.increase("alice", LONG, "0.1", 100).unwrap();
    }
    assert_eq!(rejected(x.increase("alice", LONG, "0.1", 100)), full);
    for _ in 0..5 {
        x.reduce("alice", LONG, "1").unwrap();
    }
    assert_eq!(rejected(x.reduce("alice", LONG, "1")), full);
    assert_eq!(rejected(x.close("alice", LONG)), full);
    // Somebody else's are counted apart.
    x.deposit("bob", 1_000);
    x.increase("bob", LONG, "0.1", 100).unwrap();
    // Each of those that wait can be made a whole close, and once they have executed there is room again.
    x.amend("alice", 7, (Order::Close { side: LONG }, None))
        .unwrap();
    x.round("2000");
    x.crank();
    x.crank();
    x.crank();
    assert!(x.queue(0).reducing == 0 && x.queue(0).increasing == 0);
    let left = x.position("alice").unwrap().size;
    assert_eq!(left, units("0.5"), "closed first, the increases after");
    x.close("alice", LONG).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
}

#[test]
fn no_cap_of_the_market_holds_a_reduction_back() {
    let mut x = Exchange::calm().build();
    x.opened("alice", LONG, ("1000", 300_000), "2000");
    x.opened("bob", LONG, ("400", 100_000), "2000");
    // Off the lot, below the least size, off the tick; the skew beyond its cap after it: 400 long are left of
    // 1,400 long, and then a short of 1,500 takes it the other way.
    x.deposit("carl", 400_000);
    let order = reduce(LONG, "0.000000000001");
    x.place("alice", 0, order, Some(price("1.00000000001")))
        .unwrap();
    x.increase("carl", Side::Short, "1500", 390_000).unwrap();
    x.round("2000");
    x.crank();
    assert_eq!(x.position("carl").unwrap().size, units("-1500"));
    x.close("alice", LONG).unwrap();
    x.close("bob", LONG).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none() && x.position("bob").is_none());
    // Skew is at its cap, 1,500: nobody may go further short, and carl leaves.
    x.deposit("dora", 10_000);
    x.increase("dora", Side::Short, "1", 900).unwrap();
    x.close("carl", Side::Short).unwrap();
    x.increase("dora", Side::Short, "1", 900).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("carl").is_none());
    assert_eq!(x.books(0).long, units("0"));
}
