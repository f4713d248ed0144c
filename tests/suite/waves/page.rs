//! What the operator's page of rollouts shows is what happens.

use batchpatch::rollout::waves::Plan;

use super::prometheus::{Answer, Played};
use super::well;
use crate::docs::read;

const PAGE: &str = "docs/operations/deployment.md";

#[cfg(unix)]
#[test]
fn what_the_page_shows_is_what_the_commands_print() {
    let played = Played::new(Answer::Seen(well()));
    let here = |command: &str| command.replace("http://127.0.0.1:9090", &played.address);
    crate::docs::commands_print_what_is_shown(PAGE, here);
}

#[test]
fn the_plan_on_the_page_is_the_shipped_one() {
    let page = read(PAGE);
    let plan = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(Plan::parse(plan.as_bytes()).unwrap(), Plan::default());
}
