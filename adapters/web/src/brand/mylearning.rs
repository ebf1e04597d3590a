//! The demonstration product: MyLearning, a place for courses. Its organizations and courses are invented.

use super::{Art, Brand, Course, Customer, Glyph};

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "MyLearning".to_owned(),
            tagline: "a place for courses".to_owned(),
            mark: tenantry_look::MARK.to_owned(),
            headline: "Courses that people finish".to_owned(),
            lede: "Short, practical lessons for one curious person or for a whole organization. \
                   Start on your own today, and bring everybody in when you are ready."
                .to_owned(),
            about: [
                "We make courses for people who have work to do and twenty minutes to learn something for it.",
                "MyLearning began with a simple complaint: most courses are started and few are finished. So ours \
                 are short, each lesson ends with something to try at your own desk, and nothing has to be watched \
                 twice to be understood.",
                "Whoever learns alone gets the whole catalogue, a certificate at the end and a person to ask. \
                 Organizations get the same under a name of their own: their people sign in together, and those who \
                 run it see who is in and how far everybody has come.",
            ]
            .map(str::to_owned)
            .to_vec(),
            customers: CUSTOMERS
                .iter()
                .map(|(name, story, glyph)| Customer {
                    name: (*name).to_owned(),
                    story: (*story).to_owned(),
                    glyph: *glyph,
                })
                .collect(),
            courses: COURSES
                .iter()
                .map(|(title, topic, summary, lessons, hours, art)| Course {
                    title: (*title).to_owned(),
                    topic: (*topic).to_owned(),
                    summary: (*summary).to_owned(),
                    lessons: *lessons,
                    hours: *hours,
                    art: *art,
                })
                .collect(),
        }
    }
}

const CUSTOMERS: &[(&str, &str, Glyph)] = &[
    (
        "Harbour & Pine",
        "A joinery of forty people that trains every apprentice on the same twelve lessons.",
        Glyph::Tree,
    ),
    (
        "Northlight",
        "An energy company where each new engineer signs in on the first morning and is ready by Friday.",
        Glyph::Sun,
    ),
    (
        "Quarry Street",
        "A housing association that moved its yearly safety training from a hall to a phone.",
        Glyph::Blocks,
    ),
    (
        "Tidewater Labs",
        "A laboratory that lets every team publish what it knows as a course of its own.",
        Glyph::Waves,
    ),
    (
        "Meridian Post",
        "A carrier with depots in nine towns and one place where all of them learn.",
        Glyph::Orbit,
    ),
    ("Fern Clinic", "A clinic whose nurses keep their certificates current between two shifts.", Glyph::Leaf),
];

const COURSES: &[(&str, &str, &str, u16, u16, Art)] = &[
    (
        "Charts that tell the truth",
        "Data",
        "Choose the right picture for a number, and keep it honest.",
        12,
        4,
        Art::Bars,
    ),
    (
        "Leading a small team",
        "Leadership",
        "Weekly habits for someone who was a colleague until last month.",
        16,
        6,
        Art::Orbit,
    ),
    (
        "Rust without fear",
        "Programming",
        "Own, borrow and share, explained with things you can hold in your hand.",
        24,
        11,
        Art::Code,
    ),
    (
        "Plain words",
        "Writing",
        "Say what happened and what to do next in half the length.",
        9,
        3,
        Art::Letters,
    ),
    (
        "Budgets for people who avoid them",
        "Finance",
        "Read a balance sheet, plan a year, and sleep well.",
        14,
        5,
        Art::Steps,
    ),
    (
        "Interfaces that explain themselves",
        "Design",
        "Forms, states and errors that nobody needs help with.",
        18,
        7,
        Art::Tiles,
    ),
    (
        "Safe by habit",
        "Security",
        "What an attacker hopes you do on a busy day, and what to do instead.",
        8,
        2,
        Art::Shield,
    ),
    (
        "Talking in front of people",
        "Speaking",
        "Structure, voice and a calm pulse, with exercises for each.",
        10,
        4,
        Art::Waves,
    ),
    (
        "Ending the day on time",
        "Focus",
        "Decide what matters before lunch, and let the rest go.",
        7,
        2,
        Art::Horizon,
    ),
];
