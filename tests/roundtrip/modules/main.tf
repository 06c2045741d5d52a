resource "terraform_data" "rewritten" {}

module "single" {
  source = "./outer"
  name   = "single"
}

module "counted" {
  source = "./outer"
  count  = 2
  name   = "counted-${count.index}"
}

module "keyed" {
  source     = "./outer"
  for_each   = { "a.b" = "x", "c" = "y" }
  name       = each.value
  depends_on = [module.single]
}

output "names" {
  value = {
    single  = module.single.inner
    counted = module.counted[*].inner
    keyed   = { for k, m in module.keyed : k => m.inner }
  }
}
