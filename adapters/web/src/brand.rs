//! The product that Tenantry stands in front of: its name, its words and its pictures. No template knows them.

mod art;
mod mylearning;

pub use art::{Art, Glyph};

/// What the public pages and the frame of every page say.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The product's name.
    pub name: String,
    /// What it is, after its name: "a place for courses".
    pub tagline: String,
    /// The product's mark: an inline SVG of 32 by 32 that was written by whoever runs the product, never by a user.
    pub mark: String,
    /// The landing page's heading.
    pub headline: String,
    /// The sentence or two below it.
    pub lede: String,
    /// Paragraphs of the page about the product.
    pub about: Vec<String>,
    /// Who uses it.
    pub customers: Vec<Customer>,
    /// What there is to learn.
    pub courses: Vec<Course>,
}

/// An organization that uses the product.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its name.
    pub name: String,
    /// What it uses the product for.
    pub story: String,
    /// A sign to stand before its name.
    pub glyph: Glyph,
}

/// Something to learn.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its title.
    pub title: String,
    /// The shelf that it stands on.
    pub topic: String,
    /// What one will be able to do.
    pub summary: String,
    /// How many lessons.
    pub lessons: u16,
    /// How many hours, together.
    pub hours: u16,
    /// Its picture.
    pub art: Art,
}

impl Course {
    /// Whether every word of `query` is found in title, topic or summary.
    pub(crate) fn matches(&self, query: &str) -> bool {
        let text = format!("{} {} {}", self.title, self.topic, self.summary).to_lowercase();
        query.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_every_word_in_any_order() {
        let brand = Brand::default();
        let found = |query: &str| brand.courses.iter().filter(|course| course.matches(query)).count();
        assert_eq!(found(""), brand.courses.len());
        assert_eq!(found("CHARTS honest"), 1);
        assert_eq!(found("charts submarine"), 0);
    }
}
