//! Documents as people write them: code, with lines that come again.

use super::draw::Draw;
use crate::oracle::Encoding;

const BOM: char = '\u{feff}';
const NAMES: &[&str] = &["total", "count", "item", "price", "größe", "rate", "名前", "index"];
const CALLS: &[&str] = &["parse", "sum", "len", "find", "round"];
const REMARKS: &[&str] = &["see below", "漢字 und 😀", "naïve, but right", "👩‍👩‍👧 e\u{301}"];

/// A document of 5 to 200 lines, small ones more often. With `one_kind`, all
/// its terminators are the same.
pub(super) fn text(draw: &mut Draw, one_kind: bool) -> String {
    let largest = draw.pick(&[8, 12, 20, 30, 40, 60, 200]);
    let count = draw.between(5, largest);
    let indent = draw.pick(&["\t", "    ", "  "]);
    let lines: Vec<String> = (0..count).map(|_| indented_line(draw, indent)).collect();
    let terminator = draw.pick(&["\n", "\n", "\n", "\r\n", "\r\n", "\r"]);
    let is_mixed = !one_kind && draw.percent(5);
    let mut text = String::new();
    if draw.percent(10) {
        text.push(BOM);
    }
    let is_terminated = draw.percent(75);
    for (index, line) in lines.iter().enumerate() {
        text.push_str(line);
        if is_terminated || index + 1 < count {
            text.push_str(if is_mixed { draw.pick(&["\n", "\r\n"]) } else { terminator });
        }
    }
    text
}

pub(super) fn encoding(draw: &mut Draw) -> Encoding {
    draw.pick(&[Encoding::Utf8, Encoding::Utf16, Encoding::Utf32])
}

/// One line, as somebody would write it into such a document.
pub(super) fn line(draw: &mut Draw) -> String {
    let indent = draw.pick(&["\t", "    ", "  "]);
    indented_line(draw, indent)
}

fn indented_line(draw: &mut Draw, indent: &str) -> String {
    let number = draw.below(1000);
    let (name, other) = (draw.pick(NAMES), draw.pick(NAMES));
    let content = match draw.below(20) {
        0 | 1 => return String::new(),
        2 | 3 => "}".to_owned(),
        4 => "return nil;".to_owned(),
        5 => format!("// {} {number}", draw.pick(REMARKS)),
        6 => format!("if {name} > {number} {{"),
        7 => format!("}} else if {name} == {number} {{  // {other}"),
        8 => format!("{name} += {other};"),
        _ => format!("let {name}_{number} = {}({other}, {});", draw.pick(CALLS), draw.below(100)),
    };
    let depth = draw.below(4);
    indent.repeat(depth) + &content
}
