//! Raw values, and the form in which C reads them.

// A model reads some types of values only.
#![allow(dead_code)]

use std::borrow::Cow;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::time::{SystemTime, UNIX_EPOCH};

/// A text or a whole number. `17` and `"17"` are the same id; an id that training did not know counts as unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Id<'a> {
    Text(&'a str),
    Integer(i64),
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time<'a> {
    /// ISO 8601, as training's rows have it. Without an offset it is a time of the feature's own zone.
    Text(&'a str),
    /// Since 1970, in seconds, milliseconds, microseconds or nanoseconds: years from 1990 to 2099 are told apart.
    Number(f64),
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(text: &'a str) -> Self {
        Id::Text(text)
    }
}

impl<'a> From<&'a String> for Id<'a> {
    fn from(text: &'a String) -> Self {
        Id::Text(text)
    }
}

impl From<i64> for Id<'_> {
    fn from(id: i64) -> Self {
        Id::Integer(id)
    }
}

impl From<i32> for Id<'_> {
    fn from(id: i32) -> Self {
        Id::Integer(id.into())
    }
}

impl From<u32> for Id<'_> {
    fn from(id: u32) -> Self {
        Id::Integer(id.into())
    }
}

impl<'a> From<&'a str> for Time<'a> {
    fn from(text: &'a str) -> Self {
        Time::Text(text)
    }
}

/// To the millisecond.
impl From<SystemTime> for Time<'_> {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Time::Number(after.as_millis() as f64),
            Err(before) => Time::Number(-(before.duration().as_millis() as f64)),
        }
    }
}

const MISSING: u32 = 0;
const NUMBER: u32 = 3;
const INTEGER: u32 = 4;
const TEXT: u32 = 5;
const LIST: u32 = 7;
const FLOATS: u32 = 8;
pub(crate) const OBJECT: u32 = 10;

/// C's `dinc_value`, which points into values that live for `'a`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Value<'a> {
    kind: u32,
    length: usize,
    of: Of,
    lives: PhantomData<&'a ()>,
}

#[derive(Clone, Copy)]
#[repr(C)]
union Of {
    number: f64,
    integer: i64,
    pointer: *const c_void,
}

/// C's `dinc_rows`.
#[repr(C)]
pub(crate) struct Rows {
    kind: u32,
    count: usize,
    values: *const c_void,
}

/// The values of a request and of candidates, with all that C's structs point to.
#[derive(Default)]
pub(crate) struct Encoded<'a> {
    /// Those of a request, and candidates after them.
    rows: Vec<Rows>,
    /// What `rows` and lists point to: boxes, so that their places stay.
    values: Vec<Box<[Value<'a>]>>,
}

/// The values of a part, row after row.
pub(crate) struct Writer<'a, 'e> {
    encoded: &'e mut Encoded<'a>,
    values: Vec<Value<'a>>,
}

impl<'a> Encoded<'a> {
    pub(crate) fn rows(&self) -> &[Rows] {
        &self.rows
    }

    /// Adds a part of one row.
    pub(crate) fn record(&mut self, fields: usize, write: impl FnOnce(&mut Writer<'a, '_>)) {
        self.part(OBJECT, 1, fields, write);
    }

    /// Adds a part of several rows.
    pub(crate) fn list(
        &mut self,
        count: usize,
        fields: usize,
        write: impl FnOnce(&mut Writer<'a, '_>),
    ) {
        self.part(LIST, count, fields, write);
    }

    fn part(
        &mut self,
        kind: u32,
        count: usize,
        fields: usize,
        write: impl FnOnce(&mut Writer<'a, '_>),
    ) {
        let mut writer = Writer {
            encoded: self,
            values: Vec::with_capacity(count * fields),
        };
        write(&mut writer);
        let values = writer.values.into_boxed_slice();
        assert_eq!(
            values.len(),
            count * fields,
            "a row has another number of values"
        );
        self.rows.push(Rows {
            kind,
            count,
            values: values.as_ptr().cast(),
        });
        self.values.push(values);
    }
}

impl<'a> Writer<'a, '_> {
    fn push(&mut self, kind: u32, length: usize, of: Of) {
        self.values.push(Value {
            kind,
            length,
            of,
            lives: PhantomData,
        });
    }

    fn text(&mut self, text: &'a str) {
        let pointer = text.as_ptr().cast();
        self.push(TEXT, text.len(), Of { pointer });
    }

    /// Adds a list, whose values `write` adds.
    fn list(&mut self, length: usize, write: impl FnOnce(&mut Writer<'a, '_>)) {
        let mut list = Writer {
            encoded: &mut *self.encoded,
            values: Vec::with_capacity(length),
        };
        write(&mut list);
        let values = list.values.into_boxed_slice();
        let pointer = values.as_ptr().cast();
        self.encoded.values.push(values);
        self.push(LIST, length, Of { pointer });
    }
}

/// A value that C reads.
pub(crate) trait Put<'a> {
    fn put(&'a self, writer: &mut Writer<'a, '_>);
}

impl<'a, T: Put<'a>> Put<'a> for Option<T> {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        match self {
            Some(value) => value.put(writer),
            None => writer.push(MISSING, 0, Of { integer: 0 }),
        }
    }
}

impl<'a> Put<'a> for Id<'_> {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        match *self {
            Id::Text(text) => writer.text(text),
            Id::Integer(integer) => writer.push(INTEGER, 0, Of { integer }),
        }
    }
}

impl<'a> Put<'a> for Time<'_> {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        match *self {
            Time::Text(text) => writer.text(text),
            Time::Number(number) => writer.push(NUMBER, 0, Of { number }),
        }
    }
}

impl<'a> Put<'a> for f64 {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        writer.push(NUMBER, 0, Of { number: *self });
    }
}

impl<'a> Put<'a> for &str {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        writer.text(self);
    }
}

impl<'a> Put<'a> for Cow<'_, [f32]> {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        let pointer = self.as_ptr().cast();
        writer.push(FLOATS, self.len(), Of { pointer });
    }
}

impl<'a, T: Clone> Put<'a> for Cow<'_, [T]>
where
    T: Put<'a>,
{
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        writer.list(self.len(), |list| {
            for each in self.iter() {
                each.put(list);
            }
        });
    }
}

/// A value and its weight.
impl<'a> Put<'a> for (Id<'_>, f64) {
    fn put(&'a self, writer: &mut Writer<'a, '_>) {
        writer.list(2, |pair| {
            self.0.put(pair);
            self.1.put(pair);
        });
    }
}
