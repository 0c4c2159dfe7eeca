//! A small reader of JSON, so that the example and the tests need no other crate. A server of yours has `serde_json`.

// The requests of a model have some of these types only.
#![allow(dead_code)]

use std::borrow::Cow;

use CRATE::{Id, Time};

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

static NULL: Json = Json::Null;
static NONE: [Json; 0] = [];

impl Json {
    pub fn parse(text: &str) -> Result<Json, String> {
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
        };
        let value = parser.value()?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.problem());
        }
        Ok(value)
    }

    /// The value of a key; null if there is none.
    pub fn get(&self, key: &str) -> &Json {
        match self {
            Json::Object(all) => all
                .iter()
                .rfind(|(name, _)| name == key)
                .map_or(&NULL, |(_, value)| value),
            _ => &NULL,
        }
    }

    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &NONE,
        }
    }

    pub fn text(&self) -> Result<&str, String> {
        match self {
            Json::Text(text) => Ok(text),
            _ => Err("must be a string".into()),
        }
    }

    pub fn number(&self) -> Result<f64, String> {
        match self {
            Json::Number(number) => Ok(*number),
            _ => Err("must be a number".into()),
        }
    }

    pub fn id(&self) -> Result<Id<'_>, String> {
        match self {
            Json::Text(text) => Ok(text.into()),
            Json::Number(number) if *number == number.trunc() && number.abs() < 9e15 => {
                Ok((*number as i64).into())
            }
            _ => Err("must be a string or a whole number".into()),
        }
    }

    pub fn time(&self) -> Result<Time<'_>, String> {
        match self {
            Json::Text(text) => Ok(Time::Text(text)),
            Json::Number(number) => Ok(Time::Number(*number)),
            _ => Err("must be a time".into()),
        }
    }

    pub fn vector(&self) -> Result<Cow<'_, [f32]>, String> {
        match self {
            Json::List(items) => items
                .iter()
                .map(|item| item.number().map(|number| number as f32))
                .collect::<Result<Vec<_>, _>>()
                .map(Cow::from),
            _ => Err("must be an array".into()),
        }
    }

    pub fn ids(&self) -> Result<Cow<'_, [Id<'_>]>, String> {
        match self {
            Json::List(items) => items
                .iter()
                .map(Json::id)
                .collect::<Result<Vec<_>, _>>()
                .map(Cow::from),
            _ => Err("must be an array".into()),
        }
    }

    pub fn weighted_ids(&self) -> Result<Cow<'_, [(Id<'_>, f64)]>, String> {
        match self {
            Json::List(items) => items
                .iter()
                .map(|item| match item.items() {
                    [id, weight] => Ok((id.id()?, weight.number()?)),
                    _ => Err("must hold pairs of a value and its weight".into()),
                })
                .collect::<Result<Vec<_>, _>>()
                .map(Cow::from),
            _ => Err("must be an array".into()),
        }
    }

    /// `None` if it is null.
    pub fn optional<'a, T>(
        &'a self,
        read: impl FnOnce(&'a Json) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        match self {
            Json::Null => Ok(None),
            value => read(value).map(Some),
        }
    }
}

/// Puts the name of a value before the problem with it.
pub fn named<T>(name: &str, result: Result<T, String>) -> Result<T, String> {
    result.map_err(|problem| format!("{name} {problem}"))
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn problem(&self) -> String {
        format!("this isn't JSON at byte {}", self.at)
    }

    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let is_there = self.text[self.at..].starts_with(token);
        if is_there {
            self.at += token.len();
        }
        is_there
    }

    fn value(&mut self) -> Result<Json, String> {
        self.space();
        match self.peek() {
            b'{' => self
                .several("{", "}", |parser| {
                    let name = parser.string()?;
                    if !parser.takes(":") {
                        return Err(parser.problem());
                    }
                    Ok((name, parser.value()?))
                })
                .map(Json::Object),
            b'[' => self.several("[", "]", Self::value).map(Json::List),
            b'"' => self.string().map(Json::Text),
            _ if self.takes("null") => Ok(Json::Null),
            _ if self.takes("true") => Ok(Json::Boolean(true)),
            _ if self.takes("false") => Ok(Json::Boolean(false)),
            _ => {
                let rest = &self.text[self.at..];
                let is_other = |c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
                let number = &rest[..rest.find(is_other).unwrap_or(rest.len())];
                let value = number.parse().map_err(|_| self.problem())?;
                self.at += number.len();
                Ok(Json::Number(value))
            }
        }
    }

    fn several<T>(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        self.takes(open);
        self.depth += 1;
        let mut items = Vec::new();
        if self.depth > 64 {
            return Err(self.problem());
        }
        if !self.takes(close) {
            loop {
                items.push(item(self)?);
                if self.takes(close) {
                    break;
                }
                if !self.takes(",") {
                    return Err(self.problem());
                }
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.takes("\"") {
            return Err(self.problem());
        }
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(['"', '\\']).ok_or_else(|| self.problem())?;
            text.push_str(&rest[..plain]);
            self.at += plain + 1;
            if rest.as_bytes()[plain] == b'"' {
                return Ok(text);
            }
            let escape = self.peek();
            self.at += 1;
            text.push(match escape {
                b'"' | b'\\' | b'/' => char::from(escape),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode()?,
                _ => return Err(self.problem()),
            });
        }
    }

    fn unicode(&mut self) -> Result<char, String> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
        }
        if !self.text[self.at..].starts_with("\\u") {
            return Ok('\u{fffd}');
        }
        self.at += 2;
        let second = self.hex()?;
        let code = 0x10000 + ((first - 0xd800) << 10) + (second.wrapping_sub(0xdc00) & 0x3ff);
        Ok(char::from_u32(code).unwrap_or('\u{fffd}'))
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .ok_or_else(|| self.problem())?;
        let code = u32::from_str_radix(digits, 16).map_err(|_| self.problem())?;
        self.at += 4;
        Ok(code)
    }
}
