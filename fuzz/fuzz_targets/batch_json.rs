//! Whatever stands in a batch file, it is read or refused, and what is read is
//! staged or refused: never a panic, never a fault.

#![no_main]

use batchpatch::batch::Batch;
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{PositionEncoding, Revision, Snapshot};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    let Ok(batch) = Batch::from_json(json, Some("-")) else { return };
    for encoding in [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32] {
        let text = "\u{feff}a\r\n\r\n漢😀\ne\u{301}\rlast";
        let source = |_: &_| Source::Text(Snapshot::new(text.into(), Revision::FIRST, None));
        match Engine::default().stage(&batch, encoding, source) {
            Ok(staged) => drop(staged.outcome()),
            Err(refusal) => assert!(refusal.fault.is_none(), "{:?}", refusal.fault),
        }
    }
});
