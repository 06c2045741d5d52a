module "slow" {
  source = "./m"
  said   = "sleep 0.3; echo slow"
}

module "after" {
  source     = "./n"
  said       = "echo after"
  depends_on = [module.slow]
}

resource "terraform_data" "behind" {
  provisioner "local-exec" {
    command = "echo behind >> log"
  }
  depends_on = [module.after]
}

resource "terraform_data" "last" {
  input = module.constant.said
  provisioner "local-exec" {
    command = "echo last >> log"
  }
}

module "constant" {
  source     = "./m"
  said       = "sleep 0.3; echo constant"
  depends_on = [terraform_data.behind]
}
