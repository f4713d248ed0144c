//! The earliest of the intervals that meet a given one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// For each closed interval, the smallest index of an interval that meets it;
/// its own where no earlier one does. O(n log n) for n intervals, also where
/// every one of them meets every other.
///
/// Two intervals meet where one contains the lower end of the other. So each
/// interval has to look at those that contain its own lower end, found by a
/// sweep, and at those whose lower end it contains, which stand side by side
/// once they are sorted.
pub(super) fn earliest_meeting<T: Ord + Copy>(intervals: &[(T, T)]) -> Vec<usize> {
    let mut by_low: Vec<usize> = (0..intervals.len()).collect();
    by_low.sort_unstable_by_key(|index| intervals[*index].0);
    let smallest = RangeMinimum::new(&by_low);

    let mut earliest: Vec<usize> = (0..intervals.len()).collect();
    let mut open = BinaryHeap::new();
    for (at, &index) in by_low.iter().enumerate() {
        let (low, high) = intervals[index];
        open.push(Reverse((index, high)));
        // One that is over for this lower end is over for all that follow; one
        // that is over but not on top is in nobody's way.
        while open.peek().is_some_and(|Reverse((_, end))| *end < low) {
            open.pop();
        }
        let containing = open.peek().map_or(index, |Reverse((index, _))| *index);
        let after_contained = by_low.partition_point(|other| intervals[*other].0 <= high);
        earliest[index] = containing.min(smallest.within(at, after_contained));
    }
    earliest
}

/// The minimum of any range of a list in O(log n): a segment tree.
struct RangeMinimum {
    len: usize,
    tree: Vec<usize>,
}

impl RangeMinimum {
    fn new(values: &[usize]) -> RangeMinimum {
        let len = values.len();
        let mut tree = vec![usize::MAX; len];
        tree.extend(values);
        for node in (1..len).rev() {
            tree[node] = tree[2 * node].min(tree[2 * node + 1]);
        }
        RangeMinimum { len, tree }
    }

    fn within(&self, from: usize, to: usize) -> usize {
        let (mut low, mut high) = (from + self.len, to + self.len);
        let mut minimum = usize::MAX;
        while low < high {
            if low % 2 == 1 {
                minimum = minimum.min(self.tree[low]);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                minimum = minimum.min(self.tree[high]);
            }
            low /= 2;
            high /= 2;
        }
        minimum
    }
}
