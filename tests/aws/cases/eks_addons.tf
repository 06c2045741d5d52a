# emulator: ministack
# What EKS installs in a cluster.
resource "aws_vpc" "net" {
  cidr_block = "10.82.0.0/16"
}

resource "aws_subnet" "each" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, each.value)
  availability_zone = "eu-central-1${each.key}"
}

resource "aws_eks_cluster" "ml" {
  name     = "stackwright-addons"
  role_arn = "arn:aws:iam::000000000000:role/cluster"
  vpc_config {
    subnet_ids = values(aws_subnet.each)[*].id
  }
}

resource "aws_eks_addon" "each" {
  for_each = {
    coredns    = jsonencode({ replicaCount = 2 })
    kube-proxy = null
  }
  cluster_name                = aws_eks_cluster.ml.name
  addon_name                  = each.key
  configuration_values        = each.value
  resolve_conflicts_on_create = "OVERWRITE"
}

data "aws_eks_cluster" "ml" {
  name = aws_eks_cluster.ml.name
}
