//! Simulated editors. They share no code with the crate: they are right because
//! they are simple.
//!
//! An [`Editor`] types and tells of it. A [`Client`] is asked to apply edits,
//! and does it in one of the ways of [`Misbehaviour`].

mod buffer;
mod carrying_out;
mod client;
mod editor;
mod held;
pub(crate) mod marks;
mod misbehaviour;
mod position;
mod random;
mod request;

pub(crate) use buffer::Buffer;
pub(crate) use client::{Client, House, Step};
pub(crate) use editor::{Change, Editor, Habits, Notification};
pub(crate) use misbehaviour::{Manner, Misbehaviour};
pub(crate) use position::{line_starts, offset};
pub(crate) use random::Random;
pub(crate) use request::{Answer, DocumentEdits, Edit, Request, Said, edited};
