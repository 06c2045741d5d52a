resource "local_file" "a" {
  content = "x"
}
