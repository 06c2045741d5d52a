module "i" {
  source = "./i"
  count  = 1
}
