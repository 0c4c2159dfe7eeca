//! The ranker, over the library in C. All unsafe code of the crate is in this file.

use std::ffi::{c_char, c_int, CStr, CString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::values::{Encoded, Rows, OBJECT};
use crate::{encode, Candidate, Label, Request, NUMBERS_OF_CANDIDATE, NUMBERS_OF_REQUEST};

/// The reason why nothing was loaded or scored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A value can't be scored, in the words of `dinc predict`: `candidates[3].price must be finite, not Infinity`.
    Input(String),
    /// A weights file can't be used.
    Load { path: PathBuf, message: String },
    /// Something else, such as too little memory.
    Other(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Input(message) | Error::Other(message) => f.write_str(message),
            Error::Load { path, message } => write!(f, "{}: {message}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

/// The weights of a ranker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The fingerprint of the compiled program.
    pub program: String,
    /// The version of dinc.
    pub version: String,
    /// The run of the weights; empty without one.
    pub run: String,
    /// The vectors that this processor has.
    pub machine: String,
}

/// One of the best candidates.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Top {
    /// Among the candidates.
    pub index: usize,
    /// Its probability, or number.
    pub score: f32,
    /// The number by which candidates are ordered.
    pub order: f32,
}

/// Ranks candidates. Threads may share one: each call takes a session from a pool, which grows to the number of
/// simultaneous calls.
///
/// Other weights while serving: keep an `Arc<Ranker>` behind a lock and replace it; calls in progress end with their
/// own weights, which the last of them frees.
pub struct Ranker {
    // Dropped before the model, which the sessions use.
    idle: Mutex<Vec<Session>>,
    model: Model,
}

impl Ranker {
    /// Maps a weights file into memory and checks it. The file must not be written to while it is loaded: rename a new
    /// one over it.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self {
            idle: Mutex::default(),
            model: Model::load(path.as_ref())?,
        })
    }

    /// Describes the weights.
    pub fn about(&self) -> About {
        self.model.about()
    }

    /// The `k` best candidates by a label, the best first; of equal ones the first.
    pub fn top_k(
        &self,
        request: &Request,
        candidates: &[Candidate],
        k: usize,
        label: Label,
    ) -> Result<Vec<Top>, Error> {
        let encoded = encode(request, candidates);
        self.with_session(|session| {
            session.user(&encoded)?;
            session.top_k(&encoded, k.min(candidates.len()), label as c_int)
        })
    }

    /// The numbers of all candidates, label after label, and those of the outputs of the request.
    pub(crate) fn scores(
        &self,
        request: &Request,
        candidates: &[Candidate],
        form: Form,
    ) -> Result<Vec<f32>, Error> {
        let encoded = encode(request, candidates);
        self.with_session(|session| {
            session.user(&encoded)?;
            session.scores(&encoded, candidates.len(), form)
        })
    }

    fn with_session<T>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let idle = self.idle().pop();
        let mut session = match idle {
            Some(session) => session,
            None => Session::open(&self.model)?,
        };
        let result = work(&mut session);
        self.idle().push(session);
        result
    }

    /// A thread that panicked held no session, so the pool is in order.
    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ranker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ranker")
            .field("about", &self.about())
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Form {
    Scores,
    Logits,
}

/// C's `NAME_model`, which is never null and never changes.
struct Model(NonNull<CModel>);

// SAFETY: a model is immutable, and the library has no global state.
unsafe impl Send for Model {}
// SAFETY: the same.
unsafe impl Sync for Model {}

/// C's `NAME_session`, which one thread uses at a time, and which a `Ranker` drops before its model.
struct Session(NonNull<CSession>);

// SAFETY: a session may be used by any thread, by one at a time: its methods take `&mut self`.
unsafe impl Send for Session {}

impl Model {
    fn load(path: &Path) -> Result<Self, Error> {
        let refused = |message: &str| Error::Load {
            path: path.to_owned(),
            message: message.to_owned(),
        };
        let name = CString::new(path.as_os_str().as_encoded_bytes())
            .map_err(|_| refused("the path has a zero byte"))?;
        let mut model = ptr::null_mut();
        // SAFETY: the path ends in a zero, and the library writes one pointer.
        let code = unsafe { NAME_load(name.as_ptr(), &mut model) };
        NonNull::new(model)
            .filter(|_| code == 0)
            .map(Self)
            .ok_or_else(|| refused(&message(code)))
    }

    fn about(&self) -> About {
        // SAFETY: the model is loaded; its texts live as long as it does and end in a zero.
        unsafe {
            let about = NAME_describe(self.0.as_ptr());
            About {
                program: owned(about.program),
                version: owned(about.version),
                run: owned(about.run),
                machine: owned(about.machine),
            }
        }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: all its sessions are closed.
        unsafe { NAME_unload(self.0.as_ptr()) }
    }
}

impl Session {
    fn open(model: &Model) -> Result<Self, Error> {
        let mut session = ptr::null_mut();
        // SAFETY: without memory of ours the library allocates it.
        let code = unsafe { NAME_open(model.0.as_ptr(), ptr::null_mut(), &mut session) };
        NonNull::new(session)
            .filter(|_| code == 0)
            .map(Self)
            .ok_or_else(|| Error::Other(message(code)))
    }

    fn user(&mut self, encoded: &Encoded) -> Result<(), Error> {
        let request = CRequest {
            history: OBJECT,
            parts: encoded.rows().as_ptr(),
        };
        // SAFETY: there are rows for all parts of the model, with values that `encoded` keeps.
        let code = unsafe { NAME_user(self.0.as_ptr(), &request) };
        self.checked(code)
    }

    fn scores(&mut self, encoded: &Encoded, count: usize, form: Form) -> Result<Vec<f32>, Error> {
        let mut scores = vec![0.0; count * NUMBERS_OF_CANDIDATE + NUMBERS_OF_REQUEST];
        let rank = match form {
            Form::Scores => NAME_rank,
            Form::Logits => NAME_logits,
        };
        // SAFETY: the last rows are those of `count` candidates, each of which has so many numbers.
        let code = unsafe { rank(self.0.as_ptr(), candidates(encoded), scores.as_mut_ptr()) };
        self.checked(code)?;
        // OUTPUTS
        Ok(scores)
    }

    fn top_k(&mut self, encoded: &Encoded, k: usize, label: c_int) -> Result<Vec<Top>, Error> {
        let none = Top {
            index: 0,
            score: 0.0,
            order: 0.0,
        };
        let mut best = vec![none; k];
        let mut found = 0;
        let rows = candidates(encoded);
        // SAFETY: `best` has room for k.
        let code = unsafe {
            NAME_top_k(
                self.0.as_ptr(),
                rows,
                k,
                label,
                best.as_mut_ptr(),
                &mut found,
            )
        };
        self.checked(code)?;
        best.truncate(found);
        Ok(best)
    }

    fn checked(&self, code: c_int) -> Result<(), Error> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the session is open; its text ends in a zero and is copied.
        let text = unsafe { owned(NAME_error(self.0.as_ptr())) };
        Err(if text.is_empty() {
            Error::Other(message(code))
        } else {
            Error::Input(text)
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: nothing uses it any more.
        unsafe { NAME_close(self.0.as_ptr()) }
    }
}

fn candidates(encoded: &Encoded) -> *const Rows {
    encoded.rows().last().expect("candidates are encoded last")
}

fn message(code: c_int) -> String {
    // SAFETY: every code has a text that ends in a zero.
    unsafe { owned(NAME_message(code)) }
}

/// Copies a text of C.
///
/// # Safety
/// It ends in a zero.
unsafe fn owned(text: *const c_char) -> String {
    // SAFETY: the caller's.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

// NAME.h in Rust.

#[repr(C)]
struct CModel {
    _private: [u8; 0],
}

#[repr(C)]
struct CSession {
    _private: [u8; 0],
}

#[repr(C)]
struct CRequest {
    history: u32,
    parts: *const Rows,
}

#[repr(C)]
struct CAbout {
    program: *const c_char,
    version: *const c_char,
    run: *const c_char,
    machine: *const c_char,
}

extern "C" {
    fn NAME_load(path: *const c_char, model: *mut *mut CModel) -> c_int;
    fn NAME_unload(model: *const CModel);
    fn NAME_describe(model: *const CModel) -> CAbout;
    fn NAME_open(model: *const CModel, memory: *mut c_char, session: *mut *mut CSession) -> c_int;
    fn NAME_close(session: *mut CSession);
    fn NAME_user(session: *mut CSession, request: *const CRequest) -> c_int;
    fn NAME_rank(session: *mut CSession, rows: *const Rows, scores: *mut f32) -> c_int;
    fn NAME_logits(session: *mut CSession, rows: *const Rows, scores: *mut f32) -> c_int;
    // OUTPUTS IN C
    fn NAME_top_k(
        session: *mut CSession,
        rows: *const Rows,
        k: usize,
        label: c_int,
        best: *mut Top,
        found: *mut usize,
    ) -> c_int;
    fn NAME_error(session: *const CSession) -> *const c_char;
    fn NAME_message(code: c_int) -> *const c_char;
}
