variable "t" { 
  ephemeral = true 
  default = "x"
}
module "m" {
  source = "./m"
  t = var.t
}
module "n" {
  source = "./m"
  t = "plain"
}
