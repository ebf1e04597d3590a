//! From a text to a query, by the grammar of Lucene's classic query parser: without an operator between them, clauses are
//! alternatives; `AND` makes both of its sides obligatory, and `NOT`, `-` and `!` exclude what follows.

use super::QueryError;
use super::pattern::Pattern;
use super::query::{Clause, Occur, Query, Test};
use super::range::{Bound, Range};

/// How deep parentheses may go.
const DEEPEST: usize = 32;
/// How many clauses there may be in all: Lucene's own limit.
const MOST: usize = 1024;

/// Reads a query; an empty one means everything.
pub(crate) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser { rest: text, clauses: 0 };
    parser.skip_space();
    if parser.rest.is_empty() {
        return Ok(Query::All);
    }
    let query = parser.clauses(None, 0)?;
    match parser.peek() {
        None => Ok(query),
        Some(letter) => Err(QueryError::Unexpected(letter)),
    }
}

struct Parser<'a> {
    rest: &'a str,
    clauses: usize,
}

/// A run of characters as it was written, its escapes resolved.
struct Word {
    /// The texts around unescaped asterisks.
    pieces: Vec<String>,
    /// Whether anything in it was escaped: then it is no operator.
    is_escaped: bool,
}

impl Word {
    fn into_text(self) -> String {
        self.pieces.join("*")
    }

    fn is(&self, keyword: &str) -> bool {
        !self.is_escaped && self.pieces.len() == 1 && self.pieces.iter().all(|piece| piece == keyword)
    }
}

impl Parser<'_> {
    /// Clauses up to the end or a closing parenthesis.
    fn clauses(&mut self, field: Option<&str>, depth: usize) -> Result<Query, QueryError> {
        if depth > DEEPEST {
            return Err(QueryError::TooLarge);
        }
        let mut clauses: Vec<Clause> = Vec::new();
        loop {
            self.skip_space();
            if matches!(self.peek(), None | Some(')')) {
                break;
            }
            let operator = self.operator(&["AND", "&&", "OR", "||"]);
            if let Some(operator) = operator.filter(|_| clauses.is_empty()) {
                return Err(QueryError::Operator(operator));
            }
            let is_and = matches!(operator, Some("AND" | "&&"));
            let modifier = self.modifier();
            self.skip_space();
            if matches!(self.peek(), None | Some(')')) {
                return Err(match operator.or(modifier) {
                    Some(operator) => QueryError::Operator(operator),
                    None => QueryError::Ends,
                });
            }
            let query = self.clause(field, depth)?;
            if is_and && let Some(before) = clauses.last_mut().filter(|before| before.occur == Occur::Should)
            {
                before.occur = Occur::Must;
            }
            let occur = match modifier {
                Some("+") => Occur::Must,
                Some(_) => Occur::MustNot,
                None if is_and => Occur::Must,
                None => Occur::Should,
            };
            self.clauses += 1;
            if self.clauses > MOST {
                return Err(QueryError::TooLarge);
            }
            clauses.push(Clause { occur, query });
        }
        match clauses.pop() {
            None => Err(self.peek().map_or(QueryError::Ends, QueryError::Unexpected)),
            Some(only) if clauses.is_empty() && only.occur != Occur::MustNot => Ok(only.query),
            Some(last) => {
                clauses.push(last);
                Ok(Query::Clauses(clauses))
            }
        }
    }

    fn clause(&mut self, field: Option<&str>, depth: usize) -> Result<Query, QueryError> {
        if field.is_none()
            && let Some(name) = self.field_name()
        {
            self.skip_space();
            if name == "_exists_" {
                return Ok(Query::Exists(self.word()?.into_text()));
            }
            let query = self.value(Some(&name), depth)?;
            return Ok(if name == "*" { Query::All } else { query });
        }
        self.value(field, depth)
    }

    /// `name:`, if that comes next.
    fn field_name(&mut self) -> Option<String> {
        let before = self.rest;
        let name = self.word().ok().map(Word::into_text);
        if let Some(rest) = self.rest.strip_prefix(':').filter(|_| name.is_some()) {
            self.rest = rest;
            name
        } else {
            self.rest = before;
            None
        }
    }

    fn value(&mut self, field: Option<&str>, depth: usize) -> Result<Query, QueryError> {
        let named = |test| Query::Field { name: field.map(str::to_owned), test };
        let query = match self.peek().ok_or(QueryError::Ends)? {
            '(' => {
                self.next();
                let inner = self.clauses(field, depth + 1)?;
                self.expect(')')?;
                inner
            }
            '"' => named(Test::Is(self.phrase()?)),
            '[' | '{' => named(Test::Within(self.range()?)),
            '<' | '>' if field.is_some() => named(Test::Within(self.comparison()?)),
            '/' => return Err(QueryError::Unsupported("regular expression")),
            _ => {
                let word = self.word()?;
                if let [only] = word.pieces.as_slice() {
                    named(Test::Is(only.clone()))
                } else {
                    match (Pattern::new(word.pieces), field) {
                        (pattern, None) if pattern.is_anything() => Query::All,
                        (pattern, Some(field)) if pattern.is_anything() => Query::Exists(field.to_owned()),
                        (pattern, _) => named(Test::Like(pattern)),
                    }
                }
            }
        };
        self.weight()?;
        Ok(query)
    }

    /// What may stand behind a value: `^2`, which changes an order by relevance that there is not here.
    fn weight(&mut self) -> Result<(), QueryError> {
        match self.peek() {
            Some('~') => Err(QueryError::Unsupported("fuzzy")),
            Some('^') => {
                self.next();
                let end = self.rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
                let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                number.parse::<f64>().map(drop).map_err(|_| QueryError::Unexpected('^'))
            }
            _ => Ok(()),
        }
    }

    /// A word without signs that mean something.
    fn word(&mut self) -> Result<Word, QueryError> {
        let mut word = Word { pieces: Vec::new(), is_escaped: false };
        let mut piece = String::new();
        let mut is_first = true;
        while let Some(letter) = self.peek() {
            match letter {
                '\\' => {
                    self.next();
                    piece.push(self.next().ok_or(QueryError::Ends)?);
                    word.is_escaped = true;
                }
                '*' => {
                    self.next();
                    word.pieces.push(std::mem::take(&mut piece));
                }
                '?' => return Err(QueryError::Unsupported("single character wildcard")),
                '+' | '-' | '!' | '/' | '<' | '>' if is_first => {
                    return Err(QueryError::Unexpected(letter));
                }
                '(' | ')' | ':' | '^' | '[' | ']' | '"' | '{' | '}' | '~' => break,
                space if space.is_whitespace() => break,
                _ => {
                    self.next();
                    piece.push(letter);
                }
            }
            is_first = false;
        }
        if is_first {
            return Err(self.peek().map_or(QueryError::Ends, QueryError::Unexpected));
        }
        word.pieces.push(piece);
        Ok(word)
    }

    fn phrase(&mut self) -> Result<String, QueryError> {
        self.expect('"')?;
        let mut phrase = String::new();
        loop {
            match self.next().ok_or(QueryError::Quotation)? {
                '"' => return Ok(phrase),
                '\\' => phrase.push(self.next().ok_or(QueryError::Quotation)?),
                letter => phrase.push(letter),
            }
        }
    }

    fn range(&mut self) -> Result<Range, QueryError> {
        let opens_inside = self.next() == Some('[');
        let from = self.end_of_range()?;
        self.skip_space();
        let separator = self.rest.strip_prefix("TO").filter(|rest| rest.starts_with(char::is_whitespace));
        self.rest = separator.ok_or(QueryError::Range)?;
        let to = self.end_of_range()?;
        self.skip_space();
        let closes_inside = match self.next() {
            Some(']') => true,
            Some('}') => false,
            _ => return Err(QueryError::Range),
        };
        let bound = |value: Option<String>, is_inside| value.map(|value| Bound { value, is_inside });
        Ok(Range { from: bound(from, opens_inside), to: bound(to, closes_inside) })
    }

    /// A value, or `*` for none.
    fn end_of_range(&mut self) -> Result<Option<String>, QueryError> {
        self.skip_space();
        if self.peek() == Some('"') {
            return self.phrase().map(Some);
        }
        let mut value = String::new();
        while let Some(letter) =
            self.peek().filter(|letter| !letter.is_whitespace() && !"]}".contains(*letter))
        {
            self.next();
            value.push(if letter == '\\' { self.next().ok_or(QueryError::Range)? } else { letter });
        }
        match value.as_str() {
            "" | "TO" => Err(QueryError::Range),
            "*" => Ok(None),
            _ => Ok(Some(value)),
        }
    }

    /// `>10`, `>=10`, `<10`, `<=10`.
    fn comparison(&mut self) -> Result<Range, QueryError> {
        let is_from = self.next() == Some('>');
        let is_inside = self.peek() == Some('=');
        if is_inside {
            self.next();
        }
        let value = match self.peek() {
            Some('"') => self.phrase()?,
            Some('-') => {
                self.next();
                format!("-{}", self.word()?.into_text())
            }
            _ => self.word()?.into_text(),
        };
        let bound = Some(Bound { value, is_inside });
        Ok(if is_from { Range { from: bound, to: None } } else { Range { from: None, to: bound } })
    }

    /// The operator that comes next, one of those given.
    fn operator(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        let before = self.rest;
        let word = self.word().ok();
        let found = operators.iter().find(|operator| word.as_ref().is_some_and(|word| word.is(operator)));
        // `AND:` names a field.
        if found.is_some() && self.peek() != Some(':') {
            self.skip_space();
        } else {
            self.rest = before;
            return None;
        }
        found.copied()
    }

    fn modifier(&mut self) -> Option<&'static str> {
        let sign = ["+", "-", "!"].into_iter().find(|sign| self.rest.starts_with(sign));
        if sign.is_some() {
            self.next();
        }
        sign.or_else(|| self.operator(&["NOT"]))
    }

    fn expect(&mut self, wanted: char) -> Result<(), QueryError> {
        match self.next() {
            Some(letter) if letter == wanted => Ok(()),
            Some(letter) => Err(QueryError::Unexpected(letter)),
            None => Err(QueryError::Ends),
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.rest = self.rest.get(letter.len_utf8()..).unwrap_or_default();
        Some(letter)
    }
}
