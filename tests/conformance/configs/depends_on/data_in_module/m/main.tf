module "i" { source = "./i" }
output "o" { value = module.i.o }
