//! A simulated editor. It shares no code with the crate: it is right because
//! it is simple.

mod buffer;
mod editor;
mod position;
mod random;

pub(crate) use buffer::Buffer;
pub(crate) use editor::{Change, Editor, Habits, Notification};
