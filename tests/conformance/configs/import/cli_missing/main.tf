resource "terraform_data" "c" { count = 1 }
module "m" { source = "./m" }
