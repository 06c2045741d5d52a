data "terraform_remote_state" "a" {
  backend   = "local"
  config    = { pth = "nope.tfstate" }
}
data "terraform_remote_state" "b" {
  backend   = "nothing"
}
data "terraform_remote_state" "c" {
  backend   = "local"
  config    = { path = ["a"] }
}
data "terraform_remote_state" "d" {
  backend   = "local"
  config    = "x"
}
data "terraform_remote_state" "e" {
  backend   = "local"
  defaults = "x"
  config    = { path = "" }
}
data "terraform_remote_state" "f" {
}
