module "b" {
  source = "./m"
}
moved {
  from = module.a["x"]
  to   = module.b
}
removed {
  from = module.a
  lifecycle { 
    destroy = false
  }
}
