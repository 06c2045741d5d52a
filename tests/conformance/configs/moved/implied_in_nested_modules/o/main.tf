module "i" {
  source = "./i"
}
