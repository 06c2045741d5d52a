module "c" { 
  source = "./m" 
  count = 2
}
module "f" { 
  source = "./m" 
  for_each = { z = 1 }
}
module "s" { 
  source = "./m" 
}
output "c1" { value = module.c[0].nope }
output "c2" { value = module.c[*].nope }
output "c3" { value = module.c.nope }
output "c4" { value = module.c.o }
output "f1" { value = module.f["z"].nope }
output "f2" { value = module.f["z"]["nope"] }
output "f3" { value = module.f["z"].o.nope }
output "f4" { value = [for k, v in module.f : v.nope] }
output "s1" { value = module.s.nope }
output "s2" { value = module.s.o.x }
output "s3" { value = module.s[0].o }
output "s4" { value = module.s["o"] }
output "s5" { value = module.s["nope"] }
