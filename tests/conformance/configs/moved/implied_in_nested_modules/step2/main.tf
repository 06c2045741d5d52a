module "o" {
  source = "./o"
  count  = 2
}
