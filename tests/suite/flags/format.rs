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

#[test]
fn all_else_is_refused_where_it_stands() {
    let flag = "flags.batch-patches-v1";
    let fields = |without: &str, instead: &str| {
        let fields = [
            ("state", r#""ENABLED""#),
            ("variants", r#"{"on": true, "off": false}"#),
            ("defaultVariant", r#""off""#),
        ];
        let fields = fields.iter().filter(|(name, _)| *name != without);
        let mut fields: Vec<_> = fields.map(|(name, it)| format!("\"{name}\": {it}")).collect();
        fields.push(instead.to_owned());
        with(&fields.join(", ").trim_end_matches(", ").to_owned())
    };
    let fractional = |weights: &str| targeting(&format!(r#"{{"fractional": {weights}}}"#));
    let named = |condition: &str, then: &str, otherwise: &str| {
        targeting(&format!(r#"{{"if": [{condition}, {then}, {otherwise}]}}"#))
    };
    let condition = r#"{"in": [{"var": "targetingKey"}, ["id"]]}"#;
    let otherwise = r#"{"fractional": [["on", 5], ["off", 95]]}"#;
    let key = r#"{"var": "targetingKey"}"#;
    for (text, path, message) in [
        (String::new(), "", "EOF"),
        ("{".to_owned(), "", "EOF"),
        ("[]".to_owned(), "", "expected an object"),
        ("{}".to_owned(), "flags", "is missing"),
        (r#"{"flags": {}} x"#.to_owned(), "", "trailing"),
        (r#"{"flags": []}"#.to_owned(), "flags", "expected an object"),
        (r#"{"flags": {}, "$schema": 1}"#.to_owned(), "$schema", "expected a string"),
        (r#"{"flags": {}, "$evaluators": {}}"#.to_owned(), "$evaluators", "is not understood"),
        (r#"{"flags": {}, "flags": {}}"#.to_owned(), "", "has `flags` twice"),
        (with("").replace("{}", "[]"), flag, "expected an object"),
        (file(&[("a", 1), ("a", 2)]), "flags", "has `a` twice"),
        (fields("state", ""), "flags.batch-patches-v1.state", "is missing"),
        (
            fields("state", r#""state": true"#),
            "flags.batch-patches-v1.state",
            "expected \"DISABLED\" or \"ENABLED\"",
        ),
        (
            fields("state", r#""state": {"ENABLED": null}"#),
            "flags.batch-patches-v1.state",
            "expected",
        ),
        (fields("variants", ""), "flags.batch-patches-v1.variants", "is missing"),
        (
            fields("variants", r#""variants": [true, false]"#),
            "flags.batch-patches-v1.variants",
            "expected an object",
        ),
        (
            fields("variants", r#""variants": {"on": true}"#),
            "flags.batch-patches-v1.variants.off",
            "is missing",
        ),
        (
            fields("variants", r#""variants": {"on": false, "off": true}"#),
            "flags.batch-patches-v1.variants.on",
            "expected true",
        ),
        (
            fields("variants", r#""variants": {"on": 1, "off": 0}"#),
            "flags.batch-patches-v1.variants.on",
            "expected true",
        ),
        (
            fields("variants", r#""variants": {"on": true, "off": false, "new": 1}"#),
            "flags.batch-patches-v1.variants.new",
            "is not understood",
        ),
        (fields("defaultVariant", ""), "flags.batch-patches-v1.defaultVariant", "is missing"),
        (
            fields("defaultVariant", r#""defaultVariant": "maybe""#),
            "flags.batch-patches-v1.defaultVariant",
            "expected \"off\" or \"on\"",
        ),
        (fields("", r#""metadata": {}"#), "flags.batch-patches-v1.metadata", "is not understood"),
        (targeting("null"), "flags.batch-patches-v1.targeting", "expected an object"),
        (targeting("{}"), "flags.batch-patches-v1.targeting", "expected either"),
        (
            targeting(r#"{"sem_ver": []}"#),
            "flags.batch-patches-v1.targeting.sem_ver",
            "is not understood",
        ),
        (fractional("[]"), "flags.batch-patches-v1.targeting.fractional", "the weights sum to 0"),
        (
            fractional(r#"[["on", 25], ["off", 74]]"#),
            "flags.batch-patches-v1.targeting.fractional",
            "the weights sum to 99",
        ),
        (
            fractional(r#"[["on", 25], ["on", 75]]"#),
            "flags.batch-patches-v1.targeting.fractional[1][0]",
            "is there twice",
        ),
        (
            fractional(r#"[["on", 25.5], ["off", 74.5]]"#),
            "flags.batch-patches-v1.targeting.fractional[0][1]",
            "expected a whole number",
        ),
        (
            fractional(r#"[["on", -1], ["off", 101]]"#),
            "flags.batch-patches-v1.targeting.fractional[0][1]",
            "expected a whole number",
        ),
        (
            fractional(r#"[["on", 101]]"#),
            "flags.batch-patches-v1.targeting.fractional[0][1]",
            "expected a whole number",
        ),
        (
            fractional(r#"[["on"], ["off"]]"#),
            "flags.batch-patches-v1.targeting.fractional[0]",
            "expected a variant",
        ),
        (
            fractional(r#"[["new", 100]]"#),
            "flags.batch-patches-v1.targeting.fractional[0][0]",
            "expected \"off\" or \"on\"",
        ),
        (
            fractional(r#"[{"var": "email"}, ["on", 100]]"#),
            "flags.batch-patches-v1.targeting.fractional[0]",
            "expected a variant",
        ),
        (
            named(condition, r#""off""#, otherwise),
            "flags.batch-patches-v1.targeting.if[1]",
            "expected \"on\"",
        ),
        (
            named(condition, r#""on""#, r#""off""#),
            "flags.batch-patches-v1.targeting.if[2]",
            "expected an object",
        ),
        (
            named("true", r#""on""#, otherwise),
            "flags.batch-patches-v1.targeting.if[0]",
            "expected an object",
        ),
        (
            named(r#"{"in": [{"var": "email"}, []]}"#, r#""on""#, otherwise),
            "flags.batch-patches-v1.targeting.if[0].in[0].var",
            "expected \"targetingKey\"",
        ),
        (
            named(&format!(r#"{{"in": [{key}, "id"]}}"#), r#""on""#, otherwise),
            "flags.batch-patches-v1.targeting.if[0].in[1]",
            "expected a list of ids",
        ),
        (
            named(&format!(r#"{{"in": [{key}, [1]]}}"#), r#""on""#, otherwise),
            "flags.batch-patches-v1.targeting.if[0].in[1]",
            "expected a list of ids",
        ),
        (
            targeting(&format!(r#"{{"if": [{condition}, "on"]}}"#)),
            "flags.batch-patches-v1.targeting.if",
            "expected a condition",
        ),
    ] {
        let error = FlagFile::parse(text.as_bytes()).expect_err(&text);
        assert_eq!(error.path(), path, "{text}");
        assert!(error.message().contains(message), "{error} for {text}");
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
