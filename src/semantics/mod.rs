//! Layer 1: what each patch means on its snapshot.
//!
//! Every patch becomes a [`Claim`]: the bytes of the snapshot that it takes
//! and the text that stands in their place. Nothing after this layer knows
//! patch types. Laws 1 and 4 are checked on the way, because a patch that
//! breaks them means nothing.

mod breach;
mod claim;
mod document_end;
mod expect;
mod resolve;
mod stale;

pub use breach::Breach;
pub use claim::{Claim, Edge, Named, NewText};
pub use expect::{lines_match, range_matches};
pub use resolve::{Resolved, resolve};
pub use stale::check_current;
