//! What the system says of processes.

/// How much memory this process holds, in bytes; 0 where the system does not
/// tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Now.
    pub resident: usize,
    /// The most that it ever was.
    pub peak: usize,
}

/// How much memory this process holds. Linux tells it.
pub fn memory() -> Memory {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()
    };
    let bytes = |name| kilobytes(name).map_or(0, |count| count.saturating_mul(1024));
    Memory { resident: bytes("VmRSS:"), peak: bytes("VmHWM:") }
}

/// Whether a process lives; where nobody can tell, it does.
#[cfg(unix)]
pub fn is_alive(process: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Whether a process lives; where nobody can tell, it does.
#[cfg(not(unix))]
pub fn is_alive(_: u32) -> bool {
    true
}
