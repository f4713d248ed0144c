//! Random numbers that are the same in every run.

/// The generator splitmix64: a few lines of code, and more than enough to
/// shuffle a list.
pub(super) struct Random(u64);

impl Random {
    /// The generator whose numbers `seed` decides.
    pub(super) fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// Puts `items` into an order that only the seed decides.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.up_to(last));
        }
    }

    /// A number from 0 to `last`, both included. The high half of the product
    /// spares a division.
    fn up_to(&mut self, last: usize) -> usize {
        let product = u128::from(self.next()) * (last as u128 + 1);
        usize::try_from(product >> 64).expect("it is no larger than `last`")
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
