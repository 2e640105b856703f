DROP TABLE IF EXISTS `t_order`;
CREATE TABLE `t_order` (
  `id` varchar(100) NOT NULL DEFAULT '',
  `orderid` varchar(100) NOT NULL DEFAULT '',
  `userid` varchar(100) NOT NULL DEFAULT '',
  `email` varchar(100) NOT NULL DEFAULT '',
  `pid` varchar(100) NOT NULL DEFAULT '',
  `productname` varchar(100) NOT NULL DEFAULT '',
  `price` varchar(100) NOT NULL DEFAULT '',
  `number` varchar(100) NOT NULL DEFAULT '',
  `money` varchar(100) NOT NULL DEFAULT '',
  `chapwd` varchar(100) NOT NULL DEFAULT '',
  `ip` varchar(100) NOT NULL DEFAULT '',
  `status` varchar(100) NOT NULL DEFAULT '',
  `addtime` varchar(100) NOT NULL DEFAULT '',
  `paytime` varchar(100) NOT NULL DEFAULT '',
  `tradeid` varchar(100) NOT NULL DEFAULT '',
  `paymethod` varchar(100) NOT NULL DEFAULT '',
  `paymoney` varchar(100) NOT NULL DEFAULT '',
  `kami` varchar(100) NOT NULL DEFAULT '',
  `addons` varchar(100) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`)
);
INSERT INTO `t_order` VALUES ('1', 'zlkb20240101', '0', 'u1@example.cn', '1', '点卡', '10.00', '1', '10.00', 'cp', '203.0.113.1', '2', '1704135845', '1704135900', 'TN1', 'alipay', '10.00', 'K-1', '');
INSERT INTO `t_order` VALUES ('2', 'zlkb20240102', '0', 'u2@example.cn', '1', '点卡', '10.00', '1', '10.00', 'cp', '203.0.113.2', '1', '1704139445', '1704139500', 'TN2', 'alipay', '10.00', 'K-2', '');
INSERT INTO `t_order` VALUES ('3', 'zlkb20240103', '0', 'u3@example.cn', '1', '点卡', '10.00', '1', '10.00', 'cp', '203.0.113.3', '3', '1704143045', '1704143100', 'TN3', 'alipay', '10.00', 'K-3', '');
INSERT INTO `t_order` VALUES ('4', 'zlkb20240104', '0', 'u4@example.cn', '1', '点卡', '10.00', '1', '10.00', 'cp', '203.0.113.4', '0', '1704146645', '0', '', 'alipay', '0.00', 'K-4', '');
INSERT INTO `t_order` VALUES ('5', 'zlkb20240105', '0', 'u5@example.cn', '1', '点卡', '10.00', '1', '10.00', 'cp', '203.0.113.5', '-1', '1704150245', '0', '', 'alipay', '0.00', 'K-5', '');
