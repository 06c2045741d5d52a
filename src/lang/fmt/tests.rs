//! Tables of texts and their canonical form.
