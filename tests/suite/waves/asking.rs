//! What a Prometheus is asked, and what is made of its answers.

use std::net::TcpListener;
use std::time::Duration;

use batchpatch::rollout::waves::{NoPrometheus, Observations, Prometheus, Stage};

use super::prometheus::{Answer, Played};
use super::{at, course, noon, well};

const HOUR: Duration = Duration::from_hours(1);

fn seen(answer: Answer) -> Observations {
    let played = Played::new(answer);
    at(&played.address).observe(&course(Stage::Wave(2)), noon() + HOUR)
}

/// What went wrong; and nothing is known but for what was asked before.
fn trouble(answer: Answer) -> String {
    let seen = seen(answer);
    let trouble = seen.trouble.clone().expect("something went wrong");
    assert_eq!(seen, Observations::none(&trouble));
    trouble
}

#[test]
fn each_number_is_told_by_its_own_question() {
    assert_eq!(seen(Answer::Seen(well())), well());
    let odd = Observations {
        faults: Some(1.0),
        alerts: Some(2.0),
        alert_names: vec!["BatchpatchFault".to_owned(), "BatchpatchFailedShareHigh".to_owned()],
        processes: Some(3.0),
        samples: Some(4.5),
        failed_share: Some(0.5),
        fallback_samples: Some(6.0),
        fallback_failed_share: Some(0.7),
        p95_ms: Some(8.0),
        p99_ms: Some(9.0),
        trouble: None,
    };
    assert_eq!(seen(Answer::Seen(odd.clone())), odd);
}

#[test]
fn silence_is_no_zero_and_nan_is_no_number() {
    assert_eq!(seen(Answer::Seen(Observations::default())), Observations::default());
    let nan = Observations {
        samples: Some(f64::NAN),
        p95_ms: Some(f64::NAN),
        p99_ms: Some(f64::INFINITY),
        ..Observations::default()
    };
    assert_eq!(seen(Answer::Seen(nan)), Observations::default());
}

#[test]
fn what_is_no_answer_is_told_and_nothing_is_known() {
    let text = |status, body: &str| Answer::Text(status, body.to_owned());
    assert_eq!(trouble(text(200, "{\"status\":")), "what answers is no Prometheus");
    assert_eq!(trouble(text(200, "<html>hello</html>")), "what answers is no Prometheus");
    assert_eq!(trouble(text(200, "{}")), "what answers is no Prometheus");
    assert!(trouble(text(500, "oh")).starts_with("Prometheus answers with status 500"));
    assert!(trouble(text(302, "")).starts_with("Prometheus answers with status 302"));
    let refused = r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#;
    assert_eq!(trouble(text(400, refused)), "Prometheus refuses: parse error");
    let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1,"0"]}}"#;
    assert_eq!(trouble(text(200, scalar)), "what answers is no Prometheus");
    let answers = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    assert!(trouble(text(503, answers)).starts_with("Prometheus answers with status 503"));
    assert!(trouble(Answer::Nothing).starts_with("Prometheus does not answer: "));
    let huge = format!("{answers}{}", " ".repeat(2 << 20));
    assert!(trouble(text(200, &huge)).starts_with("Prometheus does not answer: "));
}

#[test]
fn an_answer_without_an_end_is_not_waited_for() {
    assert!(trouble(Answer::Half).starts_with("Prometheus does not answer: timeout"));
}

#[test]
fn nobody_there_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let seen = at(&address).observe(&course(Stage::Wave(1)), noon());
    assert!(seen.trouble.unwrap().starts_with("Prometheus does not answer: "));
}

fn asked(stage: Stage, elapsed: Duration) -> Vec<String> {
    let played = Played::new(Answer::Seen(well()));
    at(&played.address).observe(&course(stage), noon() + elapsed);
    played.asked()
}

#[test]
fn batches_from_before_a_wave_and_those_that_end_right_after_its_step_are_not_looked_at() {
    let is_all = |asked: &[String], range: &str| asked[3..].iter().all(|it| it.contains(range));
    assert!(is_all(&asked(Stage::Wave(1), Duration::from_secs(90)), "[60s]"));
    assert!(is_all(&asked(Stage::Wave(1), 5 * HOUR), "[3600s]"));
    assert!(is_all(&asked(Stage::Wave(1), Duration::ZERO), "[1s]"));
    assert!(is_all(&asked(Stage::Wave(1), Duration::from_secs(30)), "[1s]"));
    assert!(is_all(&asked(Stage::Wave(1), Duration::from_secs(32)), "[2s]"));
}

#[test]
fn a_fault_is_looked_for_since_the_wave_began_and_for_ten_minutes_at_least() {
    let faults = |elapsed| asked(Stage::Wave(1), elapsed).remove(0);
    assert!(faults(Duration::ZERO).contains("offset 600s"));
    let after = faults(5 * HOUR);
    assert!(after.contains("[18060s]") && after.contains("offset 18060s"), "{after}");
}

#[test]
fn every_question_names_the_job_and_none_counts_what_a_rule_adds_up() {
    let asked = asked(Stage::Wave(1), HOUR);
    assert_eq!(asked.len(), 9);
    for question in asked {
        let selectors = question.matches('{').count();
        let named = question.matches("{job=\"batchpatch\"").count();
        assert_eq!(selectors, named, "{question}");
        let has_statuses = question.contains("batch_patches_total");
        assert!(!has_statuses || question.contains("status"), "{question}");
    }
}

#[test]
fn a_path_before_the_questions_and_a_slash_after_it_are_fine() {
    let played = Played::new(Answer::Seen(well()));
    for address in [&played.address, &format!("{}/", played.address)] {
        assert_eq!(at(address).observe(&course(Stage::Wave(1)), noon()).trouble, None);
    }
    at(&format!("{}/prefix/", played.address)).observe(&course(Stage::Wave(1)), noon());
    assert!(played.asked().last().unwrap().starts_with("/prefix/api/v1/query?query="));
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "127.0.0.1:9090",
        "ftp://a",
        "http://",
        "http:///x",
        "http://a/?b",
        "http://u:p@a",
        "/",
    ] {
        assert_eq!(text.parse::<Prometheus>().unwrap_err(), NoPrometheus::Other, "{text}");
    }
    let error = "https://a".parse::<Prometheus>().unwrap_err();
    assert_eq!(error, NoPrometheus::Https);
    assert!(error.to_string().contains("put a proxy on this machine"));
}
