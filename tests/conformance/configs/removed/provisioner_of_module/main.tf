removed {
  from = module.m
  lifecycle {
    destroy = true
  }
  provisioner "local-exec" {
    when = destroy
    command = "true"
  }
}
removed {
  from = module.n
  lifecycle {
    destroy = true
  }
  connection {
    host = "x"
  }
}
removed {
  from = terraform_data.n
  lifecycle {
    destroy = false
  }
  provisioner "local-exec" {
    when = destroy
    command = "true"
  }
}
