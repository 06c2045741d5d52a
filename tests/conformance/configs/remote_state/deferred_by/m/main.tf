module "n" {
  source = "../n"
  x = "1"
}
