module "m" {
  source = "./m"
}
output "q" { value = module.m.p }
output "r" { value = ephemeralasnull(module.m.p) }
output "s" { value = module.m }
