//! Values that are stored as their text, and read again by the rules that hold for what is typed.

/// Writes a value as its text, and reads it by `$parse`.
macro_rules! serde_as_text {
    ($value:ty, $parse:expr) => {
        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $value {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                $parse(text.as_ref()).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use serde_as_text;
