//! Just enough HTML for a visitor without a browser: the forms of a page, and its text.

/// A form as it would be submitted if nobody touched it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it goes, as the page says it; empty is the page itself.
    pub action: String,
    /// Whether it is sent with POST.
    pub is_post: bool,
    /// Names and values, in the order of the page.
    pub fields: Vec<(String, String)>,
    /// Names and values of its buttons, with empty names for those that send nothing.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// Whether a field or a button has this name.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().chain(&self.buttons).any(|(field, _)| field == name)
    }

    /// What is sent once `values` are filled in: a button that isn't filled in is the first one, as with the Enter key.
    pub fn filled(&self, values: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut sent = self.fields.clone();
        let presses_a_button =
            values.iter().any(|(name, _)| self.buttons.iter().any(|(button, _)| button == name));
        if let Some(first) = self.buttons.first().filter(|(name, _)| !presses_a_button && !name.is_empty()) {
            sent.push(first.clone());
        }
        for (name, value) in values {
            match sent.iter_mut().find(|(field, _)| field == name) {
                Some((_, old)) => (*value).clone_into(old),
                None => sent.push(((*name).to_owned(), (*value).to_owned())),
            }
        }
        sent
    }
}

/// The forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut is_open = false;
    for tag in Tags(html) {
        match (tag.name.as_str(), forms.last_mut().filter(|_| is_open)) {
            ("form", _) => {
                let is_post =
                    tag.attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                forms.push(Form {
                    action: tag.attribute("action").unwrap_or_default(),
                    is_post,
                    ..Form::default()
                });
                is_open = true;
            }
            ("/form", _) => is_open = false,
            ("input", Some(form)) => form.read_input(&tag),
            ("button", Some(form)) if tag.attribute("type").is_none_or(|kind| kind == "submit") => {
                form.buttons.push((tag.attribute("name").unwrap_or_default(), tag.value()));
            }
            ("select" | "textarea", Some(form)) => {
                form.fields.extend(tag.attribute("name").map(|name| (name, String::new())));
            }
            ("option", Some(form)) if tag.attribute("selected").is_some() => {
                if let Some((_, value)) = form.fields.last_mut() {
                    *value = tag.value();
                }
            }
            _ => {}
        }
    }
    forms
}

impl Form {
    fn read_input(&mut self, tag: &Tag<'_>) {
        let field = (tag.attribute("name").unwrap_or_default(), tag.value());
        match tag.attribute("type").as_deref() {
            Some("submit") => self.buttons.push(field),
            Some("checkbox" | "radio") if tag.attribute("checked").is_none() => {}
            _ if field.0.is_empty() => {}
            _ => self.fields.push(field),
        }
    }
}

/// What a person reads on a page, with single spaces.
pub fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let is_opened =
            |name: &&str| after.strip_prefix(*name).is_some_and(|rest| rest.starts_with([' ', '>', '\n']));
        let hidden = ["script", "style", "svg", "head"].into_iter().find(is_opened);
        rest = match hidden.map(|name| after.split_once(&format!("</{name}"))) {
            Some(closed) => closed.map_or("", |(_, rest)| rest),
            None => after,
        };
        rest = rest.get(end_of_tag(rest) + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Tag<'html> {
    name: String,
    attributes: &'html str,
}

impl Tag<'_> {
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches([' ', '\n', '\t', '\r', '/']);
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(['=', ' ', '\n', '\t', '/']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let (value, after) = match after.strip_prefix('=') {
                None => ("", after),
                Some(quoted) if quoted.starts_with(['"', '\'']) => {
                    let quote = if quoted.starts_with('"') { '"' } else { '\'' };
                    quoted[1..].split_once(quote).unwrap_or_default()
                }
                Some(bare) => bare.split_at(bare.find([' ', '\n', '\t']).unwrap_or(bare.len())),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(unescape(value));
            }
            rest = after;
        }
    }

    fn value(&self) -> String {
        self.attribute("value").unwrap_or_default()
    }
}

struct Tags<'html>(&'html str);

impl<'html> Iterator for Tags<'html> {
    type Item = Tag<'html>;

    fn next(&mut self) -> Option<Tag<'html>> {
        let (_, after) = self.0.split_once('<')?;
        let (inside, rest) = after.split_at(end_of_tag(after));
        self.0 = rest;
        let end = inside.find([' ', '\n', '\t']).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(end);
        Some(Tag { name: name.to_ascii_lowercase(), attributes })
    }
}

// A quoted value may contain the sign that ends the tag.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == '>' => return at,
            _ => {}
        }
    }
    text.len()
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        rest = if let Some((character, after)) = entity {
            plain.push(character);
            after
        } else {
            plain.push('&');
            after
        };
    }
    plain.push_str(rest);
    plain
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<head><title>Not read</title></head><h1>Pay &amp; go</h1>
        <form method="post" action="/pay?plan=team&amp;x=1"><input type=hidden name="csrf" value="a>&#x62;">
        <label>Card <input name='card' value='' title='' required/></label><input type="checkbox" name="terms" value="yes">
        <select name="seats"><option value="1"><option value="20" selected>Twenty</select>
        <button type="button" name="copy">Copy</button><button name="action" value="default">Pay&#39;s due</button></form>
        <form><button>Cancel</button></form><input name="outside">"#;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn reads_what_a_form_would_send() {
        let [pay, cancel] = forms(PAGE).try_into().expect("two forms");
        assert_eq!(pay.action, "/pay?plan=team&x=1");
        assert!(pay.is_post && !cancel.is_post);
        assert_eq!(pay.fields, [pair("csrf", "a>b"), pair("card", ""), pair("seats", "20")]);
        assert_eq!(pay.buttons, [pair("action", "default")]);
        assert!(pay.has("card") && pay.has("action") && !pay.has("outside") && !pay.has("copy"));
        assert!(cancel.fields.is_empty());
    }

    #[test]
    fn fills_in_by_name_and_presses_the_first_button() {
        let [pay, cancel] = forms(PAGE).try_into().expect("two forms");
        let sent = pay.filled(&[("card", "4242"), ("terms", "yes")]);
        assert!(sent.contains(&pair("card", "4242")) && sent.contains(&pair("terms", "yes")));
        assert!(sent.contains(&pair("action", "default")) && sent.contains(&pair("csrf", "a>b")));
        assert!(pay.filled(&[("action", "other")]).contains(&pair("action", "other")));
        assert!(cancel.filled(&[]).is_empty());
    }

    #[test]
    fn reads_what_a_person_reads() {
        assert_eq!(text(PAGE), "Pay & go Card Twenty Copy Pay's due Cancel");
    }
}
