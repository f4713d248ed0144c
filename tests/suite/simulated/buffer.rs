//! One document of the editor, and what a listener can know of it.

/// One document of the editor.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    /// All the ways in which the editor may write its URI.
    pub(crate) spellings: &'static [&'static str],
    /// The spelling under which it was last opened.
    pub(crate) opened_as: &'static str,
    pub(crate) is_open: bool,
    /// What the editor shows.
    pub(crate) text: String,
    /// The last version that the editor named.
    pub(crate) version: i32,
    /// The last text that a listener could follow.
    pub(crate) told: String,
    /// Whether that is what the editor shows.
    pub(crate) in_sync: bool,
    /// How many texts there were to follow: `None` before the first.
    pub(crate) texts: Option<u64>,
}

impl Buffer {
    pub(super) fn new(spellings: &'static [&'static str]) -> Buffer {
        Buffer {
            spellings,
            opened_as: spellings[0],
            is_open: false,
            text: String::new(),
            version: 0,
            told: String::new(),
            in_sync: true,
            texts: None,
        }
    }

    /// A listener has now seen all that a notification said.
    pub(super) fn tell(&mut self, could_be_followed: bool) {
        self.in_sync = could_be_followed;
        if could_be_followed && (self.texts.is_none() || self.told != self.text) {
            self.texts = Some(self.texts.unwrap_or(0) + 1);
            self.told.clone_from(&self.text);
        }
    }
}
