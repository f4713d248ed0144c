//! What a flag file may say, and what makes it broken.

use batchpatch::rollout::{BATCH_PATCHES, FlagFile};

use super::file;

/// A file with one flag that has these fields.
fn with(fields: &str) -> String {
    format!(r#"{{"flags": {{"batch-patches-v1": {{{fields}}}}}}}"#)
}

/// A file with one flag that has this targeting.
fn targeting(targeting: &str) -> String {
    with(&format!(
        r#""state": "ENABLED", "variants": {{"on": true, "off": false}},
           "defaultVariant": "off", "targeting": {targeting}"#
    ))
}

#[test]
fn the_percentage_is_the_weight_of_on() {
    let variants = r#""variants": {"off": false, "on": true}"#;
    for (text, expected) in [
        (file(&[(BATCH_PATCHES, 25)]), 25),
        (file(&[("another", 1), (BATCH_PATCHES, 100)]), 100),
        (targeting(r#"{"fractional": [["off", 93], ["on", 7]]}"#), 7),
        (targeting(r#"{"fractional": [["on", 100]]}"#), 100),
        (targeting(r#"{"fractional": [["off", 100]]}"#), 0),
        (with(&format!(r#""state": "ENABLED", {variants}, "defaultVariant": "on""#)), 100),
        (with(&format!(r#""state": "ENABLED", {variants}, "defaultVariant": "off""#)), 0),
        (with(&format!(r#""state": "DISABLED", {variants}, "defaultVariant": "on""#)), 0),
    ] {
        let file =
            FlagFile::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
        let rule = file.rule(BATCH_PATCHES).unwrap();
        assert_eq!(rule.percentage().number(), expected, "{text}");
        assert!(rule.named().is_empty());
    }
}

#[test]
fn installations_can_be_named_before_the_percentage() {
    let text = targeting(
        r#"{"if": [{"in": [{"var": "targetingKey"}, ["id1", "id2"]]}, "on",
                   {"fractional": [["on", 5], ["off", 95]]}]}"#,
    );
    let file = FlagFile::parse(text.as_bytes()).unwrap();
    let rule = file.rule(BATCH_PATCHES).unwrap();
    assert_eq!((rule.percentage().number(), rule.named()), (5, &["id1".into(), "id2".into()][..]));
    let disabled = text.replace("ENABLED", "DISABLED");
    let file = FlagFile::parse(disabled.as_bytes()).unwrap();
    let rule = file.rule(BATCH_PATCHES).unwrap();
    assert_eq!((rule.percentage().number(), rule.named()), (0, &[][..]));
}

/// Sees each text refused at its place, with these words.
fn assert_refused(cases: &[(String, &str, &str)]) {
    for (text, path, message) in cases {
        let error = FlagFile::parse(text.as_bytes()).expect_err(text);
        let at = error.path().trim_start_matches("flags.batch-patches-v1").trim_start_matches('.');
        assert_eq!(at, *path, "{text}");
        assert!(error.message().contains(message), "{error} for {text}");
    }
}

#[test]
fn what_is_around_the_flags_is_refused_if_it_is_anything_else() {
    let text = str::to_owned;
    assert_refused(&[
        (text(""), "", "EOF"),
        (text("{"), "", "EOF"),
        (text("[]"), "", "expected an object"),
        (text("{}"), "flags", "is missing"),
        (text(r#"{"flags": {}} x"#), "", "trailing"),
        (text(r#"{"flags": []}"#), "flags", "expected an object"),
        (text(r#"{"flags": {}, "$schema": 1}"#), "$schema", "expected a string"),
        (text(r#"{"flags": {}, "$evaluators": {}}"#), "$evaluators", "is not understood"),
        (text(r#"{"flags": {}, "flags": {}}"#), "", "has `flags` twice"),
        (file(&[("a", 1), ("a", 2)]), "flags", "has `a` twice"),
        (text(r#"{"flags": {"a": true}}"#), "flags.a", "expected an object"),
    ]);
}

#[test]
fn a_flag_is_refused_where_it_says_anything_else() {
    // The fields of a good flag, but for one.
    let but = |name: &str, instead: &str| {
        let fields = [
            ("state", r#""ENABLED""#),
            ("variants", r#"{"on": true, "off": false}"#),
            ("defaultVariant", r#""off""#),
        ];
        let fields = fields.iter().filter(|(known, _)| *known != name);
        let mut fields: Vec<_> = fields.map(|(name, it)| format!("\"{name}\": {it}")).collect();
        if !instead.is_empty() {
            fields.push(format!("\"{name}\": {instead}"));
        }
        with(&fields.join(", "))
    };
    assert_refused(&[
        (but("state", ""), "state", "is missing"),
        (but("state", "true"), "state", "expected \"DISABLED\" or \"ENABLED\""),
        (but("state", r#"{"ENABLED": null}"#), "state", "expected"),
        (but("variants", ""), "variants", "is missing"),
        (but("variants", "[true, false]"), "variants", "expected an object"),
        (but("variants", r#"{"on": true}"#), "variants.off", "is missing"),
        (but("variants", r#"{"on": false, "off": true}"#), "variants.on", "expected true"),
        (but("variants", r#"{"on": true, "off": 0}"#), "variants.off", "expected false"),
        (but("variants", r#"{"new": 1}"#), "variants.new", "is not understood"),
        (but("defaultVariant", ""), "defaultVariant", "is missing"),
        (but("defaultVariant", r#""new""#), "defaultVariant", "expected \"off\" or \"on\""),
        (but("metadata", "{}"), "metadata", "is not understood"),
        (but("targeting", "null"), "targeting", "expected an object"),
        (but("targeting", "{}"), "targeting", "expected either"),
        (but("targeting", r#"{"sem_ver": []}"#), "targeting.sem_ver", "is not understood"),
    ]);
}

#[test]
fn weights_are_refused_that_are_no_percentages() {
    let list = "targeting.fractional";
    for (weights, place, message) in [
        ("[]", "", "the weights sum to 0, and not to 100"),
        (r#"[["on", 25], ["off", 74]]"#, "", "the weights sum to 99, and not to 100"),
        (r#"[["on", 25], ["on", 75]]"#, "[1][0]", "is there twice"),
        (r#"[["on", 25.5], ["off", 74.5]]"#, "[0][1]", "expected a whole number from 0 to 100"),
        (r#"[["on", -1], ["off", 101]]"#, "[0][1]", "expected a whole number"),
        (r#"[["on", 101]]"#, "[0][1]", "expected a whole number"),
        (r#"[["on"], ["off"]]"#, "[0]", "expected a variant and its weight"),
        (r#"[["new", 100]]"#, "[0][0]", "expected \"off\" or \"on\""),
        (r#"[{"var": "email"}, ["on", 100]]"#, "[0]", "expected a variant and its weight"),
        (r#"{"on": 100}"#, "", "expected a list of variants"),
    ] {
        let text = targeting(&format!(r#"{{"fractional": {weights}}}"#));
        assert_refused(&[(text, &format!("{list}{place}"), message)]);
    }
}

#[test]
fn a_condition_is_refused_unless_it_names_installations() {
    let named = r#"{"in": [{"var": "targetingKey"}, ["id"]]}"#;
    let weights = r#"{"fractional": [["on", 5], ["off", 95]]}"#;
    for (condition, place, message) in [
        (format!(r#"{named}, "off", {weights}"#), "[1]", "expected \"on\""),
        (format!(r#"{named}, "on", "off""#), "[2]", "expected an object"),
        (format!(r#"{named}, "on", {{}}"#), "[2].fractional", "is missing"),
        (format!(r#"{named}, "on""#), "", "expected a condition"),
        (format!(r#"true, "on", {weights}"#), "[0]", "expected an object"),
        (format!(r#"{{"==": []}}, "on", {weights}"#), "[0].==", "is not understood"),
        (
            format!(r#"{}, "on", {weights}"#, named.replace("targetingKey", "email")),
            "[0].in[0].var",
            "expected \"targetingKey\"",
        ),
        (
            format!(r#"{}, "on", {weights}"#, named.replace(r#"["id"]"#, r#""id""#)),
            "[0].in[1]",
            "expected a list of ids",
        ),
        (
            format!(r#"{}, "on", {weights}"#, named.replace(r#"["id"]"#, "[1]")),
            "[0].in[1]",
            "expected a list of ids",
        ),
    ] {
        let text = targeting(&format!(r#"{{"if": [{condition}]}}"#));
        assert_refused(&[(text, &format!("targeting.if{place}"), message)]);
    }
}

#[test]
fn bytes_that_are_no_text_and_files_without_end_are_refused() {
    let error = FlagFile::parse(b"{\"flags\": {\"\xff\": 1}}").unwrap_err();
    assert_eq!(error.to_string(), "is not UTF-8");
    let mut long = file(&[(BATCH_PATCHES, 25)]).into_bytes();
    long.resize(1 << 20, b' ');
    assert!(FlagFile::parse(&long).is_ok());
    long.push(b' ');
    assert_eq!(FlagFile::parse(&long).unwrap_err().to_string(), "has more than 1048576 bytes");
    let deep = "[".repeat(100_000);
    assert!(FlagFile::parse(deep.as_bytes()).is_err());
}
