//! Tables of texts and what they parse to.
